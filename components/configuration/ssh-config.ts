/** ssh_config of the workers: dist-git as the Fedora account, CentOS' dist-git at GitLab as git. */
export function sshConfig({ fasUser }: { readonly fasUser: string }): string {
  return [host("pkgs.fedoraproject.org", fasUser), host("gitlab.com", "git")].join("\n");
}

function host(name: string, user: string): string {
  return `Host ${name}
  User ${user}
  Hostname ${name}
  IdentitiesOnly yes
  IdentityFile /home/packit/.ssh/id_ed25519
`;
}
