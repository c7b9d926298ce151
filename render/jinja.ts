import { CATALOGUE, type SecretName } from "../components/catalogue.ts";
import { isFile } from "../schema/secrets/form.ts";
import type { Path } from "../settings/path.ts";

/** A Jinja template, as Ansible reads it, and the secrets that it is filled with. */
export interface Template {
  readonly text: string;
  readonly names: readonly TemplateName[];
}

/** A secret by its name under `packit:secrets`; a forge's token by its host as well. */
export interface TemplateName {
  readonly name: string;
  readonly host?: string | undefined;
}

/**
 * What stands for secrets in the texts that the program makes, and becomes expressions of Jinja. All else in a text is
 * literal, whatever it looks like.
 */
export class Placeholders {
  readonly #mark: string;
  readonly #pattern: RegExp;

  /** @param values The settings: no text in them may pass for a placeholder. */
  constructor(values: unknown) {
    this.#mark = freeMark(JSON.stringify(values));
    this.#pattern = new RegExp(`\\{\\{ ${this.#mark}(forgeTokens\\['([^']+)'\\]|\\w+)( \\| trim)? \\}\\}`);
  }

  /** What stands for a secret. It begins as an expression does, so that what wants quotes around that has them. */
  of([, name = "", host]: Path): string {
    if (host !== undefined) return `{{ ${this.#mark}${name}['${host}'] }}`;
    // What reads a value as a file wants a newline at its end, as the program puts it there.
    const isOfFile = isFile(CATALOGUE[name as SecretName].form);
    return isOfFile ? `{{ ${this.#mark}${name} | trim }}\n` : `{{ ${this.#mark}${name} }}`;
  }

  /** Whether a text begins with a placeholder. */
  begins(text: string): boolean {
    return text.startsWith(`{{ ${this.#mark}`);
  }

  /** The template of a text. A secret that is all between two quotes is quoted as it needs. */
  template(text: string): Template {
    const names: TemplateName[] = [];
    let [made, rest, isQuoted] = ["", text, false];
    for (let found = this.#pattern.exec(rest); found; found = this.#pattern.exec(rest)) {
      const [whole, name = "", host, filter = ""] = found;
      const before = rest.slice(isQuoted ? 1 : 0, found.index);
      rest = rest.slice(found.index + whole.length);
      isQuoted = before.endsWith('"') && rest.startsWith('"');
      made += literal(isQuoted ? before.slice(0, -1) : before);
      made += isQuoted ? `{{ ${name}${filter} | to_json }}` : `{{ ${name}${filter} }}`;
      names.push({ name: host === undefined ? name : "forgeTokens", host });
    }
    made += literal(isQuoted ? rest.slice(1) : rest);
    // By such a line, a template would tell Ansible how it is to be read.
    return { text: made.replace(/^#(?=jinja2:)/, "{{ '#' }}"), names };
  }
}

/** What makes placeholders of its own: no text of an operator has it. */
function freeMark(values: string): string {
  for (let number = 1; ; number++) {
    const mark = `packit${number}_`;
    if (!values.includes(mark)) return mark;
  }
}

/** A text as Jinja prints it: what would begin a tag, and the line ends that it would change, are texts in tags. */
function literal(text: string): string {
  return text.replaceAll(/\{(?=[{%#\r]|$)|\r/g, (found) => (found === "\r" ? "{{ '\\r' }}" : "{{ '{' }}"));
}
