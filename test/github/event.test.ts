import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../errors.ts";
import { occasionOf } from "../../github/event.ts";

const LABEL = "test-instance";
const repository = { owner: "packit", name: "ogr" };
const created = {
  action: "created",
  comment: { id: 7, body: "/deploy", author_association: "OWNER" },
  issue: { number: 5, pull_request: { url: "x" } },
  repository: { full_name: "packit/ogr" },
};
const labeled = {
  action: "labeled",
  number: 5,
  label: { name: LABEL },
  repository: { full_name: "packit/ogr" },
};

describe("an event of GitHub's", () => {
  it.each<[string, string, unknown, unknown]>([
    ["a comment", "issue_comment", created, { kind: "comment", repository, number: 5, id: 7 }],
    ["an edited comment", "issue_comment", { ...created, action: "edited" }, undefined],
    ["a deleted comment", "issue_comment", { ...created, action: "deleted" }, undefined],
    ["a comment on an issue", "issue_comment", { ...created, issue: { number: 5 } }, undefined],
    ["a label", "pull_request_target", labeled, { kind: "pull", repository, number: 5 }],
    [
      "a label that goes",
      "pull_request_target",
      { ...labeled, action: "unlabeled" },
      { kind: "pull", repository, number: 5 },
    ],
    ["another label", "pull_request_target", { ...labeled, label: { name: "bug" } }, undefined],
    [
      "a close",
      "pull_request_target",
      { ...labeled, action: "closed", label: undefined },
      { kind: "pull", repository, number: 5 },
    ],
    [
      "a comment elsewhere",
      "repository_dispatch",
      {
        client_payload: {
          repository: "packit/ogr",
          number: 5,
          comment: 7,
          sender: "alice",
          body: "/destroy",
        },
      },
      { kind: "comment", repository, number: 5, id: 7 },
    ],
    [
      "a change elsewhere",
      "repository_dispatch",
      { client_payload: { repository: "packit/ogr", number: 5, comment: null } },
      { kind: "pull", repository, number: 5 },
    ],
    [
      "words",
      "workflow_dispatch",
      { inputs: { command: "deploy ogr=1" } },
      { kind: "words", text: "deploy ogr=1" },
    ],
  ])("%s is where to look, and no more", (_, name, event, occasion) => {
    expect(occasionOf(name, event, LABEL)).toEqual(occasion);
  });

  it.each([
    ["repository_dispatch", { client_payload: { repository: "../x/y", number: 5 } }],
    ["repository_dispatch", { client_payload: { repository: "packit/..", number: 5 } }],
    ["repository_dispatch", { client_payload: { repository: "packit/ogr?x=", number: 5 } }],
    ["repository_dispatch", { client_payload: { repository: "packit/ogr", number: -5 } }],
    ["repository_dispatch", { client_payload: { repository: "packit/ogr", number: 5, comment: "7" } }],
    ["repository_dispatch", undefined],
    ["pull_request_target", { action: "synchronize" }],
    ["workflow_dispatch", { inputs: {} }],
    ["push", {}],
  ])("%s of another form is refused", (name, event) => {
    expect(() => occasionOf(name, event, LABEL)).toThrow(UserError);
  });

  it("of any content at all leads to one place, or is refused in words", () => {
    const names = fc.constantFrom(
      "issue_comment",
      "pull_request_target",
      "repository_dispatch",
      "workflow_dispatch",
    );
    fc.assert(
      fc.property(names, fc.anything(), (name, payload) => {
        for (const event of [payload, { client_payload: payload }, { ...created, repository: payload }])
          try {
            occasionOf(name, event, LABEL);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
      }),
    );
  });
});
