import { visible } from "../../system/visible.ts";

/** Markup that may stand in a page as it is. Only `html` makes it of other text, and escapes that. */
export class Markup {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** Markup from templates, which are this project's own, with contents that are not. */
  static of(templates: readonly string[], contents: readonly Content[]): Markup {
    return new Markup(String.raw({ raw: templates }, ...contents.map(written)));
  }
}

/** What a template takes: each text is escaped, lists stand one after another, and `undefined` and `false` are nothing. */
export type Content = Markup | string | number | undefined | false | readonly Content[];

/** Markup in which all that is interpolated is text, be it between tags or in the quotes of an attribute. */
export function html(templates: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return Markup.of(templates, contents);
}

function written(content: Content): string {
  if (content === undefined || content === false) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "object") return content.map(written).join("");
  return visible(String(content)).replaceAll(/[&<>"']/g, (found) => ESCAPES[found] ?? "");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
