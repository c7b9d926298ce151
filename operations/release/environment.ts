import { z } from "zod";
import type { ApiClient } from "../../cluster/api-client.ts";
import { type ContainerStatus, podsOf, pulledDigest } from "../../cluster/pods.ts";
import { knownError } from "../../errors.ts";
import { HttpClient } from "../../system/http.ts";

/** A container's image as its node runs it, and how the container is. */
export interface RunningImage {
  readonly pod: string;
  /** The last part of the image's name, as `packit-worker`. */
  readonly image: string;
  /** The digest; nothing while it is not there. */
  readonly digest?: string;
  readonly isReady: boolean;
  /** How often it was started again, and why it ended last. */
  readonly restarts: number;
  readonly ended?: string;
  /** When that was, in milliseconds since 1970. */
  readonly endedAt?: number;
  /** Why it does not run: `ImagePullBackOff` … */
  readonly waits?: string;
}

export interface RunningPod {
  readonly name: string;
  readonly phase: string;
  /** Since when it is going, in milliseconds since 1970. */
  readonly leavesSince?: number;
  readonly containers: readonly RunningImage[];
}

export interface EnvironmentArgs {
  readonly stack: string;
  readonly namespace: string;
  /** The API's address, without a slash at its end. */
  readonly url: string;
  readonly client: () => ApiClient;
  readonly pauseMs?: number;
}

const versions = z.record(z.string(), z.object({ commit: z.string().nullish() }).loose());

/** A running Packit Service, as it is seen from outside. */
export class Environment {
  readonly stack: string;
  readonly namespace: string;
  readonly url: string;
  readonly #client: () => ApiClient;
  readonly #http: HttpClient;

  constructor({ stack, namespace, url, client, pauseMs }: EnvironmentArgs) {
    this.stack = stack;
    this.namespace = namespace;
    this.url = url;
    this.#client = client;
    this.#http = new HttpClient({
      service: `The API of ${stack}`,
      url,
      ...(pauseMs !== undefined && { pauseMs }),
    });
  }

  /** What is wrong with the API; nothing if it is well. */
  async ill(): Promise<string | undefined> {
    try {
      const { status } = await this.#http.send("its health", { path: "/api/healthz" });
      return status < 300 ? undefined : `${this.url}/api/healthz answers ${status}`;
    } catch (error) {
      const known = knownError(error);
      if (known === undefined) throw error;
      return known.message;
    }
  }

  /** The commits that it says it runs, seven characters each, by what it calls the projects. */
  async commits(): Promise<ReadonlyMap<string, string>> {
    const found = await this.#http.ask("the versions", versions, { path: "/api/system" });
    return new Map(Object.entries(found).flatMap(([name, { commit }]) => (commit ? [[name, commit]] : [])));
  }

  /** The pods of its namespace. Those that have done their work are none. */
  async pods(): Promise<RunningPod[]> {
    const all = await podsOf(this.#client(), this.namespace);
    return all
      .filter(({ status }) => status?.phase !== "Succeeded")
      .map(({ metadata: { name, deletionTimestamp }, status }) => ({
        name,
        phase: status?.phase ?? "Unknown",
        ...(deletionTimestamp && { leavesSince: Date.parse(deletionTimestamp) }),
        containers: (status?.containerStatuses ?? []).map((one) => running(name, one)),
      }));
  }

  get client(): ApiClient {
    return this.#client();
  }
}

function running(pod: string, status: ContainerStatus): RunningImage {
  const { image = "", imageID = "", ready = false, restartCount = 0, state, lastState } = status;
  const digest = pulledDigest(status);
  const name = (imageID.includes("/") ? imageID : image).replace(/@.*$/, "");
  const { reason: ended, finishedAt } = lastState?.terminated ?? {};
  const waits = state?.waiting?.reason;
  return {
    pod,
    image: (name.split("/").at(-1) ?? "").replace(/:.*$/, ""),
    ...(digest && { digest }),
    isReady: ready,
    restarts: restartCount,
    ...(ended && { ended }),
    ...(finishedAt && { endedAt: Date.parse(finishedAt) }),
    ...(waits && { waits }),
  };
}
