import { z } from "zod";
import { type HttpArgs, HttpClient } from "../system/http.ts";

const build = z
  .object({
    id: z.number(),
    state: z.string(),
    // There is none before its sources are read.
    source_package: z.object({ version: z.string().nullish() }).nullish(),
  })
  .transform(({ id, state, source_package }) => ({ id, state, version: source_package?.version ?? "" }));

const answer = z.object({
  builds: z.object({ latest: build.nullish(), latest_succeeded: build.nullish() }),
});

/** A build of a package. */
export interface CoprBuild {
  readonly id: number;
  /** `pending`, `running`, `succeeded`, `failed` … */
  readonly state: string;
  /** What it builds; the commit is a part of it. Empty before that is known. */
  readonly version: string;
  /** Its page. */
  readonly url: string;
}

export interface CoprArgs extends Pick<HttpArgs, "url" | "pauseMs"> {
  readonly owner: string;
  readonly project: string;
}

/** A project at Copr. */
export class Copr {
  readonly #http: HttpClient;
  readonly #args: CoprArgs;

  constructor(args: CoprArgs) {
    this.#http = new HttpClient({ service: "Copr", ...args });
    this.#args = args;
  }

  /** The newest build of a package, and the newest one that went well. */
  async builds(name: string): Promise<{ readonly latest?: CoprBuild; readonly succeeded?: CoprBuild }> {
    const { owner, project, url } = this.#args;
    const { builds } = await this.#http.ask(`package ${name} in ${owner}/${project}`, answer, {
      path: "/api_3/package",
      query: {
        ownername: owner,
        projectname: project,
        packagename: name,
        with_latest_build: "True",
        with_latest_succeeded_build: "True",
      },
    });
    const shown = (one: z.output<typeof build>) => ({ ...one, url: `${url}/coprs/build/${one.id}` });
    return {
      ...(builds.latest && { latest: shown(builds.latest) }),
      ...(builds.latest_succeeded && { succeeded: shown(builds.latest_succeeded) }),
    };
  }
}
