import { text } from "../../schema/values.ts";

/** The name of the secret with which the repository is declared, under `secrets.github`. */
export const TOKEN = "token";

/** A name under `secrets.github` that a setting may ask for: not that of the token, which no workflow gets. */
export const secretName = text(
  new RegExp(`^(?!${TOKEN}$)[A-Za-z][A-Za-z0-9]{0,62}$`),
  `a name under secrets.github: a letter, then letters and digits, at most 63; not ${TOKEN}`,
  "passphrase",
);

/** The name of a secret or variable of GitHub Actions. GitHub makes no difference between cases, and shows capitals. */
export const actionsName = text(
  /^(?!GITHUB_)[A-Z_][A-Z0-9_]{0,99}$/,
  "capital letters, digits and underscores, at most 100, no digit at the start; not GITHUB_…",
  "PULUMI_STACK",
);
