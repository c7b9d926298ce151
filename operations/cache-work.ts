import type { CacheJobArgs } from "../components/repository-cache/fill-job.ts";
import type { CacheVolume } from "../components/repository-cache/settings.ts";
import type { Settings } from "../components/settings.ts";
import type { CacheClient } from "./cache-job.ts";

/** What is to be done on one cache volume. */
export interface VolumeWork {
  readonly client: CacheClient;
  readonly settings: Settings;
  readonly volume: CacheVolume;
  readonly task: CacheJobArgs["task"];
  /** How long the Job may take; the cluster ends it then, even if nobody is left who watches it. */
  readonly limitSeconds: number;
  /** How long to wait for sandboxes to end that hold the volume. */
  readonly waitSeconds: number;
  /** Ends the work, and removes the Job. */
  readonly signal: AbortSignal;
  /** Told what goes on. */
  readonly report: (message: string) => void;
  /** A repository that is streamed into the Job's pod once that runs. What `into` returns is read as said by the pod. */
  readonly stream?: {
    readonly repository: string;
    readonly into: (pod: string) => Promise<string>;
  };
}
