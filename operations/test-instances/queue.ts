import { randomUUID } from "node:crypto";
import type { ApiClient } from "../../cluster/api-client.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { LEASES, micro } from "./lease.ts";
import { leaseTime } from "./lease-content.ts";

/** The label of the leases that stand for requests which wait. */
const TICKET_LABEL = "packit.dev/ticket";

/** How long a request that waits may be silent before it is taken for dead, in seconds. */
export const SILENCE_SECONDS = 30;

/** A request that waits for a slot. */
export interface Ticket {
  readonly id: string;
  readonly name: string;
  readonly since: Date;
  readonly isDead: boolean;
  readonly object: KubernetesObject;
}

/** The requests that wait for slots, in the order in which they came. */
export class Queue {
  readonly #client: ApiClient;
  readonly #namespace: string;

  constructor(client: ApiClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  /** Joins the queue. */
  async join(name: string): Promise<KubernetesObject> {
    const now = micro(new Date());
    return this.#client.create({
      ...LEASES,
      metadata: {
        name: `ticket-${randomUUID()}`,
        namespace: this.#namespace,
        labels: { [TICKET_LABEL]: name },
      },
      spec: { holderIdentity: name, acquireTime: now, renewTime: now, leaseDurationSeconds: SILENCE_SECONDS },
    });
  }

  /** Says that a request still waits; returns what to say it with the next time. */
  async renew(ticket: KubernetesObject): Promise<KubernetesObject> {
    const renewTime = micro(new Date());
    // A ticket has the spec that join gave it.
    return this.#client.replace({ ...ticket, spec: { ...(ticket.spec as object), renewTime } });
  }

  async leave(ticket: KubernetesObject): Promise<void> {
    await this.#client.delete(ticket);
  }

  /** Those that wait, the first one first; the dead ones are among them. */
  async tickets(): Promise<Ticket[]> {
    const leases = await this.#client.list(LEASES, { namespace: this.#namespace });
    const tickets = leases.filter(({ metadata }) => metadata.labels?.[TICKET_LABEL] !== undefined).map(read);
    return tickets.sort((a, b) => a.since.getTime() - b.since.getTime() || (a.id < b.id ? -1 : 1));
  }

  /** Those of them that are not dead. */
  async living(): Promise<Ticket[]> {
    return (await this.tickets()).filter(({ isDead }) => !isDead);
  }

  /** Removes what dead requests left. */
  async sweep(): Promise<Ticket[]> {
    const dead = (await this.tickets()).filter(({ isDead }) => isDead);
    for (const { object } of dead) await this.#client.delete(object);
    return dead;
  }
}

function read(object: KubernetesObject): Ticket {
  const { metadata, spec = {} } = object as KubernetesObject & {
    spec?: { acquireTime?: string; renewTime?: string };
  };
  const never = new Date(0);
  return {
    id: metadata.name,
    name: metadata.labels?.[TICKET_LABEL] ?? "",
    since: leaseTime(spec.acquireTime, never),
    isDead: Date.now() - leaseTime(spec.renewTime, never).getTime() > SILENCE_SECONDS * 1000,
    object,
  };
}
