/** Where tokman keeps its tokens. */
export const TOKMAN_DATA = "/access_tokens";

/** config.py of tokman, which Flask runs as Python: the App's id comes from the environment, as it is a secret. */
export function tokmanConfig({ privateKey }: { readonly privateKey: string }): string {
  return `import os

SQLALCHEMY_DATABASE_URI = "sqlite:///${TOKMAN_DATA}/access_tokens.db"
SQLALCHEMY_TRACK_MODIFICATIONS = False
GITHUB_APP_ID = os.environ["GITHUB_APP_ID"]
GITHUB_APP_PRIVATE_KEY = "${privateKey}"
TOKEN_RENEW_AT = 60
`;
}
