/** A server's time, as of the last of its answers; what has passed since is measured without this machine's date. */
export class ServerClock {
  #heard: { readonly time: number; readonly at: number } | undefined;

  /** @param date The header `Date` of an answer that came just now. */
  hear(date: string): void {
    const time = Date.parse(date);
    if (!Number.isNaN(time)) this.#heard = { time, at: performance.now() };
  }

  /** Nothing before the first answer. */
  now(): Date | undefined {
    if (this.#heard === undefined) return undefined;
    return new Date(this.#heard.time + performance.now() - this.#heard.at);
  }
}
