import { z } from "zod";
import { egressHosts } from "../../components/egress.ts";
import type { Settings } from "../../components/settings.ts";
import { componentsOf } from "../../components/totals.ts";
import { activePools, WORKER_ACCOUNT } from "../../components/workers/pools.ts";
import { UserError } from "../../errors.ts";
import { port as portNumber } from "../../schema/values.ts";

/** A port of a host that is to be reached. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly why: string;
}

/** Whose network a try is made with. */
export interface Identity {
  /** What the results call it. */
  readonly name: string;
  readonly namespace: string;
  /** The label by which network policies select its pods. @default - none, as users' commands have none */
  readonly component?: string;
  readonly serviceAccount: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
}

/** What is tried from one pod. */
export interface Attempt {
  readonly identity: Identity;
  readonly targets: readonly Target[];
  /** Those among them that the stack's own policies let nobody reach. */
  readonly closed: readonly Target[];
}

/** The hosts that a stack must reach, and further ones, each port by itself. */
export function targetsOf(settings: Settings, further: readonly string[]): Target[] {
  const own = egressHosts(settings).flatMap(({ host, ports, why }) =>
    ports.map((port) => ({ host, port, why })),
  );
  const others = further
    .map(parsed)
    .filter(({ host, port }) => !own.some((one) => one.host === host && one.port === port));
  return [...own, ...others];
}

/**
 * Who tries which of them in the instance's own namespace: a worker, but for ports that the workers may not reach, as
 * that of the message bus; these try one of the components that may.
 */
export function attempts(settings: Settings, targets: readonly Target[]): Attempt[] {
  const [pool] = activePools(settings.workers);
  if (pool === undefined)
    throw new UserError(`The stack ${settings.stack} has no workers, from which hosts could be tried.`);
  const { nodeSelector } = settings.workers[pool.setting];
  const { namespace } = settings;
  const worker = {
    name: "worker",
    namespace,
    component: pool.name,
    serviceAccount: WORKER_ACCOUNT,
    nodeSelector,
  };
  const components = componentsOf(settings);
  const mayReach = (name: string, port: number) =>
    !settings.networkPolicies ||
    components.some(({ component, internet = [] }) => component === name && internet.includes(port));
  const whoReaches = (port: number): Identity => {
    if (mayReach(pool.name, port)) return worker;
    const other = components.find(({ component }) => mayReach(component, port))?.component;
    if (other === undefined) return worker;
    return { name: other, namespace, component: other, serviceAccount: other, nodeSelector: {} };
  };
  const all = targets.map((target) => ({ target, identity: whoReaches(target.port) }));
  return [...Map.groupBy(all, ({ identity }) => identity.name).values()].flatMap((group) => {
    const [first] = group;
    const own = group.map(({ target }) => target);
    const closed = own.filter(({ port }) => !mayReach(first?.identity.component ?? "", port));
    return first ? [{ identity: first.identity, targets: own, closed }] : [];
  });
}

/** The same from the sandbox: what users' commands may reach by its ports, and whatever is asked for besides. */
export function sandboxAttempt(settings: Settings, further: readonly string[]): Attempt {
  const { stack, withSandbox, sandboxNamespace: namespace, sandboxPorts, networkPolicies } = settings;
  if (!withSandbox) throw new UserError(`The stack ${stack} has no sandbox: see packit:withSandbox.`);
  const named = further.map(parsed);
  const isOpen = ({ port }: Target) => !networkPolicies || sandboxPorts.includes(port);
  const isNamed = ({ host, port }: Target) => named.some((one) => one.host === host && one.port === port);
  const targets = targetsOf(settings, further).filter((one) => isOpen(one) || isNamed(one));
  const identity = { name: "sandbox", namespace, serviceAccount: "default", nodeSelector: {} };
  return { identity, targets, closed: targets.filter((one) => !isOpen(one)) };
}

/** A host that is asked for, with its port or that of HTTPS. */
function parsed(text: string): Target {
  const [, host = "", number = "443"] = /^([^:]+)(?::(\d+))?$/.exec(text) ?? [];
  const port = portNumber.safeParse(Number(number)).data;
  if (port === undefined || !z.hostname().safeParse(host).success)
    throw new UserError(
      `"${text}" is no host that can be tried. Give HOST or HOST:PORT, as example.com:443.`,
    );
  return { host: host.toLowerCase(), port, why: "asked for" };
}
