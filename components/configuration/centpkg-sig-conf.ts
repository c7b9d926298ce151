/** What a SIG's checkout holds that must not be committed. */
const EXCLUDES = ["i386/", "i686/", "x86_64/", "ppc/", "ppc64/", "ia64/", "mips/", "arm/", "noarch/"];
const EXCLUDED_FILES = ["/*.src.rpm", "/build*.log", "/.build-*.log", "results_*/", "clog"];

/** centpkg-sig.conf: how centpkg-sig reaches the CentOS SIGs' dist-git, with the token of gitlab.com. */
export function centpkgSigConf({ gitlabToken }: { readonly gitlabToken: string }): string {
  return `[centpkg-sig]
lookaside = https://git.centos.org/sources
lookasidehash = sha512
lookaside_cgi = https://git.centos.org/sources/upload_sig.cgi
distgit_namespaced = True
distgit_namespaces = rpms
gitbaseurl = git+ssh://git@gitlab.com/CentOS/%(repo)s.git
anongiturl = https://gitlab.com/CentOS/%(repo)s.git
branchre = c\\d+s?-sig-.+|master$
kojiprofile = cbs
build_client = cbs
lookaside_namespaced = True
git_excludes =
${[...EXCLUDES, ...EXCLUDED_FILES].map((name) => `  ${name}\n`).join("")}
[centpkg-sig.distgit]
apibaseurl = https://gitlab.com
token = ${gitlabToken}
`;
}
