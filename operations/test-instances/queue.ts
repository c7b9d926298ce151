import { type ApiClient, ApiError } from "../../cluster/api-client.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { LEASES, micro, versionOf } from "./lease.ts";
import { leaseTime } from "./lease-content.ts";
import { SILENCE_SECONDS, type Sign, Silence } from "./silence.ts";

/** The label of the leases that stand for requests which wait. */
const TICKET_LABEL = "packit.dev/ticket";

const ORDER_LABEL = "packit.dev/order";

/** A request that waits for a slot. */
export interface Ticket {
  readonly id: string;
  readonly name: string;
  /** Its place among all others that wait. */
  readonly number: number;
  /** The number of what asks for it, as {@link Tenancy.order}. */
  readonly order: number | undefined;
  /** When it came, by the API server's time. */
  readonly since: Date;
  readonly object: KubernetesObject;
}

/** A request that waits, and is not known to be dead. */
export interface Living extends Ticket {
  /** Whether it was heard of since it was first seen from here. */
  readonly isAlive: boolean;
}

/** The requests that wait for slots, in the order in which they came. */
export class Queue {
  readonly #client: ApiClient;
  readonly #namespace: string;
  readonly #silence = new Silence();

  constructor(client: ApiClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  /** Joins the queue at its end: the number after the last one is of whoever makes its lease first. */
  async join(name: string, order?: number): Promise<KubernetesObject> {
    for (;;) {
      const last = (await this.tickets()).at(-1)?.number ?? 0;
      const now = micro(await this.#client.now());
      try {
        return await this.#client.create({
          ...LEASES,
          metadata: {
            name: `${TICKET}${last + 1}`,
            namespace: this.#namespace,
            labels: { [TICKET_LABEL]: name, ...(order !== undefined && { [ORDER_LABEL]: String(order) }) },
          },
          spec: {
            holderIdentity: name,
            acquireTime: now,
            renewTime: now,
            leaseDurationSeconds: SILENCE_SECONDS,
          },
        });
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 409)) throw error;
      }
    }
  }

  /** Says that a request still waits; returns what to say it with the next time. One that was swept comes last anew. */
  async renew(ticket: KubernetesObject): Promise<KubernetesObject> {
    const renewTime = micro(await this.#client.now());
    try {
      // A ticket has the spec that join gave it.
      return await this.#client.replace({ ...ticket, spec: { ...(ticket.spec as object), renewTime } });
    } catch (error) {
      if (!(error instanceof ApiError && [404, 409].includes(error.status))) throw error;
      const { labels = {} } = ticket.metadata;
      return this.join(labels[TICKET_LABEL] ?? "", orderIn(labels));
    }
  }

  async leave(ticket: KubernetesObject): Promise<void> {
    await this.#client.delete(ticket);
  }

  /** Those that wait, the first one first; the dead ones are among them. */
  async tickets(): Promise<Ticket[]> {
    const leases = await this.#client.list(LEASES, { namespace: this.#namespace, labels: TICKET_LABEL });
    // What has another name stands in no line.
    const tickets = leases.map(read).filter(({ number }) => Number.isInteger(number));
    return tickets.sort((a, b) => a.number - b.number);
  }

  /** Those of them that have not been silent for too long, as far as this was asked before. */
  async living(): Promise<Living[]> {
    return (await this.tickets()).flatMap((ticket) => {
      const { seconds, isAlive } = this.#silence.of(signOf(ticket));
      return seconds > SILENCE_SECONDS ? [] : [{ ...ticket, isAlive }];
    });
  }

  /** Removes what a dead request left, unless it was heard of meanwhile. */
  async remove({ object }: Ticket): Promise<void> {
    const now = await this.#client.read(object);
    if (now && versionOf(now) === versionOf(object)) await this.#client.delete(object);
  }
}

/** By what it is seen that whoever waits is alive. */
export function signOf({ id, object }: Ticket): Sign {
  return { key: id, version: versionOf(object) ?? "" };
}

/** What the names of tickets begin with. */
const TICKET = "ticket-";

function orderIn({ [ORDER_LABEL]: text }: Readonly<Record<string, string>>): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** The place among all that wait that a ticket's name gives. */
export function numberOf(id: string): number {
  return Number(id.slice(TICKET.length));
}

function read(object: KubernetesObject): Ticket {
  const { metadata, spec = {} } = object as KubernetesObject & { spec?: { acquireTime?: string } };
  return {
    id: metadata.name,
    name: metadata.labels?.[TICKET_LABEL] ?? "",
    number: numberOf(metadata.name),
    order: orderIn(metadata.labels ?? {}),
    since: leaseTime(spec.acquireTime, new Date(0)),
    object,
  };
}
