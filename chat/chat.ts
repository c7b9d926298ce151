/** A place where people talk, with a topic that all of them see. */
export interface Chat {
  /** What it is called, as `Matrix #packit:fedora.im`. */
  readonly name: string;
  /** The most characters of a topic. */
  readonly limit: number;
  /** The topic as it is now. */
  topic(): Promise<string>;
  setTopic(topic: string): Promise<void>;
}
