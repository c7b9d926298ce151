import { z } from "zod";
import type { Chat } from "../chat/chat.ts";
import { HttpClient } from "../system/http.ts";

export interface MatrixArgs {
  /** The homeserver. */
  readonly url: string;
  /** A room's alias or ID. */
  readonly room: string;
  readonly token: string;
  readonly pauseMs?: number;
  readonly record?: ((line: string) => void) | undefined;
}

const aliasAnswer = z.object({ room_id: z.string() });
const topicAnswer = z.object({ topic: z.string() });

/** A room of Matrix. */
export class Matrix implements Chat {
  readonly name: string;
  /** Servers take 64 KiB; what is longer nobody reads. */
  readonly limit = 2000;
  readonly #http: HttpClient;
  readonly #room: string;
  #id: string | undefined;

  constructor({ room, ...rest }: MatrixArgs) {
    this.#http = new HttpClient({ service: "Matrix", tokenName: "MATRIX_TOKEN", ...rest });
    this.name = `Matrix ${room}`;
    this.#room = room;
  }

  async topic(): Promise<string> {
    // A room that never had one has no such event.
    const found = await this.#http.askForGone(`the topic of ${this.#room}`, topicAnswer, {
      path: await this.#path(),
    });
    return found?.topic ?? "";
  }

  async setTopic(topic: string): Promise<void> {
    const path = await this.#path();
    // Everybody in the room sees each change.
    const request = { method: "PUT", path, json: { topic }, isSentOnce: true } as const;
    await this.#http.write(`the topic of ${this.#room}`, request);
  }

  async #path(): Promise<string> {
    this.#id ??= this.#room.startsWith("!") ? this.#room : await this.#resolve();
    return `/_matrix/client/v3/rooms/${encodeURIComponent(this.#id)}/state/m.room.topic`;
  }

  async #resolve(): Promise<string> {
    const path = `/_matrix/client/v3/directory/room/${encodeURIComponent(this.#room)}`;
    return (await this.#http.ask(`room ${this.#room}`, aliasAnswer, { path })).room_id;
  }
}
