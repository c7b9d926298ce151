/** Copr's configuration without an account: a periodic task of Packit's fails where there is no file. */
export function noCoprAccount(): string {
  return "[copr-cli]\nlogin = none\nusername = none\ntoken = none\ncopr_url = https://copr.fedorainfracloud.org\n";
}
