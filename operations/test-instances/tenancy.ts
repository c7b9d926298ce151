import type { OwnImage } from "../../components/own-images.ts";

/** What an instance that holds a slot is, as everybody may read it. */
export interface Tenancy {
  /** The instance's name. */
  readonly name: string;
  /** What is on test in it, as it was written. */
  readonly references: readonly string[];
  readonly base: string;
  readonly url: string;
  /** Who asked for it. */
  readonly owner: string;
  /** The commits that it was deployed from, by repository. */
  readonly commits: Readonly<Record<string, string>>;
  /** What it asks of the pool's budget: thousandths of processors, bytes. */
  readonly requests: { readonly cpu: number; readonly memory: number };
  /** What its objects are made by; the other one would not know of them. */
  readonly engine: "apply" | "pulumi";
  /** The parts that it has, and the images that were given: a new commit is deployed with the same. */
  readonly parts: Readonly<Record<string, boolean>>;
  readonly images: Readonly<Partial<Record<OwnImage, string>>>;
  /** The identity that it acts as; none where the pool has none. */
  readonly identity?: string | undefined;
  /** The command that is at work on it: what changes the slot under it, such as an extension, leaves this as it is. */
  readonly run: string;
  /** The number of the request, which grows from one to the next; none where nobody numbers them. */
  readonly order?: number | undefined;
  /** Whether it has been up before. */
  readonly wasUp: boolean;
  /** The deploy that its destruction, or a newer deploy, ends, and what that one answers. */
  readonly ends?: string | undefined;
  readonly answer?: "stopping" | "stopped" | undefined;
  /**
   * What is done with it now; `broken` if its lease cannot be read. A slot is claimed as long as its holder looks whether
   * others have claimed the same.
   */
  readonly state: "claiming" | "deploying" | "up" | "failed" | "destroying" | "broken";
}
