import { z } from "zod";
import { UserError } from "../errors.ts";
import type { Repository } from "./github.ts";

/** What a workflow was started by: where to look, and nothing of what was said there. */
export type Occasion =
  /** A comment was written on a pull request. */
  | {
      readonly kind: "comment";
      readonly repository: Repository;
      readonly number: number;
      readonly id: number;
    }
  /** A pull request was closed or opened again, or its label was put on or taken away. */
  | { readonly kind: "pull"; readonly repository: Repository; readonly number: number }
  /** Somebody who may start workflows has given words. */
  | { readonly kind: "words"; readonly text: string };

const repository = z
  .string()
  .regex(/^[A-Za-z0-9][\w-]{0,38}\/(?!\.{1,2}$)[\w.-]{1,100}$/)
  .transform((text): Repository => {
    const [owner = "", name = ""] = text.split("/");
    return { owner, name };
  });
const id = z.number().int().positive();

const commented = z.object({
  action: z.literal("created"),
  comment: z.object({ id }),
  issue: z.object({ number: id, pull_request: z.looseObject({}) }),
  repository: z.object({ full_name: repository }),
});

const changed = z.object({
  action: z.enum(["labeled", "unlabeled", "closed", "reopened"]),
  number: id,
  label: z.object({ name: z.string() }).optional(),
  repository: z.object({ full_name: repository }),
});

/** What another repository sends on: whatever else it says is not looked at. */
const sent = z.object({
  client_payload: z.object({ repository, number: id, comment: id.nullish() }),
});

const given = z.object({ inputs: z.object({ command: z.string() }) });

/**
 * What is to be looked at because of an event of GitHub's; nothing because of most. A UserError for an event that is no
 * such one, or not of its form.
 *
 * @param name The event's name, as `issue_comment`.
 * @param event Its content.
 * @param label The label of pull requests that is of concern.
 */
export function occasionOf(name: string, event: unknown, label: string): Occasion | undefined {
  switch (name) {
    case "issue_comment": {
      const { data } = commented.safeParse(event);
      return data && place("comment", data.repository.full_name, data.issue.number, data.comment.id);
    }
    case "pull_request_target": {
      const { action, ...data } = inForm(changed, event, name);
      if (/labeled$/.test(action) && data.label?.name !== label) return undefined;
      return { kind: "pull", repository: data.repository.full_name, number: data.number };
    }
    case "repository_dispatch": {
      const { repository, number, comment } = inForm(sent, event, name).client_payload;
      return typeof comment === "number"
        ? place("comment", repository, number, comment)
        : { kind: "pull", repository, number };
    }
    case "workflow_dispatch":
      return { kind: "words", text: inForm(given, event, name).inputs.command };
    default:
      throw new UserError(
        `--event-name is ${JSON.stringify(name)}. It takes issue_comment, pull_request_target, repository_dispatch or workflow_dispatch.`,
      );
  }
}

function place(kind: "comment", repository: Repository, number: number, id: number): Occasion {
  return { kind, repository, number, id };
}

function inForm<S extends z.ZodType>(schema: S, event: unknown, name: string): z.output<S> {
  const { data, error } = schema.safeParse(event);
  if (data !== undefined) return data;
  const where = error?.issues.map(({ path }) => path.join(".") || "all of it").join(", ");
  throw new UserError(`The event ${name} is not of its form: ${where}.`);
}
