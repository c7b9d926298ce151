import { setTimeout } from "node:timers/promises";

/** What an instance's API says of itself, or why it cannot be asked. */
export interface Health {
  readonly healthz: string;
  readonly system: unknown;
  /** Whether it answers with a failure; an API that cannot be reached from here may be well. */
  readonly isIll: boolean;
}

/** How often the API is asked before it is said to be out of reach, and the pause between, in milliseconds. */
const TRIES = 3;
const PAUSE_MS = 500;

/** Asks /api/healthz and /api/system through an instance's host. From where that leads nowhere, nothing can be said. */
export async function health(url: string): Promise<Health> {
  const healthz = await ask(`${url}api/healthz`);
  if (!healthz.isThere) return { healthz: healthz.said, system: undefined, isIll: healthz.isIll };
  const system = await ask(`${url}api/system`);
  return { healthz: healthz.said, system: system.isThere ? system.body : system.said, isIll: system.isIll };
}

async function ask(url: string): Promise<{ isThere: boolean; isIll: boolean; said: string; body?: unknown }> {
  let said = "";
  let isIll = false;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      const text = await response.text();
      if (response.ok) return { isThere: true, isIll: false, said: "it answers", body: json(text) };
      isIll = true;
      said = `${url} answers ${response.status}`;
    } catch (error) {
      isIll = false;
      said = `${url} is not within reach from here (${reason(error)})`;
    }
    await setTimeout(PAUSE_MS);
  }
  return { isThere: false, isIll, said };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
