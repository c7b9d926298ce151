import type { Answer } from "./shapes.ts";

/** A blog's repository at GitHub, which counts what is changed in it. */
export class FakeBlog {
  readonly branches = new Map<string, string>([["main", "f".repeat(40)]]);
  readonly files = new Map<string, string>();
  /** Each commit of a file, as `branch path`. */
  readonly commits: string[] = [];
  readonly pulls: { head: string; title: string }[] = [];

  answer(method: string, rest: string, query: URLSearchParams, body: Record<string, string>): Answer {
    const ref = /^git\/ref\/heads\/(.+)$/.exec(rest)?.[1];
    if (ref !== undefined) {
      const sha = this.branches.get(ref);
      return sha ? [200, { object: { sha, type: "commit" } }] : [404, { message: "Not Found" }];
    }
    if (rest === "git/refs") {
      const name = body.ref?.replace("refs/heads/", "") ?? "";
      if (this.branches.has(name)) return [422, { message: "Reference already exists" }];
      this.branches.set(name, body.sha ?? "");
      return [201, { ref: body.ref, object: { sha: body.sha } }];
    }
    const file = /^contents\/(.+)$/.exec(rest)?.[1];
    if (file !== undefined && method === "GET") {
      const text = this.files.get(`${query.get("ref")} ${file}`);
      if (text === undefined) return [404, { message: "Not Found" }];
      return [200, { content: Buffer.from(text).toString("base64"), encoding: "base64", sha: "b10b" }];
    }
    if (file !== undefined) {
      const key = `${body.branch} ${file}`;
      if (this.files.has(key) && body.sha === undefined) return [422, { message: '"sha" wasn\'t supplied.' }];
      this.files.set(key, Buffer.from(body.content ?? "", "base64").toString());
      this.commits.push(key);
      return [201, { commit: { sha: "c0de" } }];
    }
    if (rest === "pulls" && method === "GET") {
      const found = this.pulls.filter(({ head }) => `packit:${head}` === query.get("head"));
      return [200, found.map(({ title }, i) => ({ ...pullOf("packit.dev", i + 1), title }))];
    }
    if (rest === "pulls") {
      if (this.pulls.some(({ head }) => head === body.head))
        return [422, { message: "A pull request already exists" }];
      this.pulls.push({ head: body.head ?? "", title: body.title ?? "" });
      return [201, pullOf("packit.dev", this.pulls.length)];
    }
    return [404, { message: "Not Found" }];
  }
}

export function pullOf(repository: string, number: number) {
  const html_url = `https://github.com/packit/${repository}/pull/${number}`;
  return { number, title: `Change ${number}`, body: "", html_url, merged_at: "2026-11-29T10:00:00Z" };
}
