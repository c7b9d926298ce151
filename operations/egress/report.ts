import Table from "cli-table3";
import type { Reached } from "./check.ts";

/** A cluster with a stack of this project, which a firewall's ticket names. */
export interface Source {
  readonly context: string;
  readonly namespaces: readonly string[];
}

/** What each outcome is in words. */
const WORDS: Readonly<Record<Reached["outcome"], string>> = {
  open: "open",
  dns: "no address",
  refused: "refused",
  timeout: "no answer",
  reset: "reset",
  unreachable: "unreachable",
  tls: "TLS fails",
};

/** What a firewall does to connections. Whatever lacks an address, or has a wrong certificate, got past it. */
const FIREWALLED: readonly Reached["outcome"][] = ["refused", "timeout", "reset", "unreachable"];

/** A table of what was tried, of 80 columns. */
export function egressTable(all: readonly Reached[]): string {
  const table = new Table({
    head: ["host", "port", "from", "outcome"],
    style: { head: [], border: [], compact: true },
    colWidths: [40, 7, 15, 13],
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  for (const { host, port, from, outcome } of all) table.push([host, port, from, WORDS[outcome]]);
  return table.toString();
}

/**
 * What to do about what is not reached: the text of a firewall's ticket, and what no firewall is to blame for. Nothing if
 * all is reached.
 */
export function requestText(all: readonly Reached[], sources: readonly Source[]): string {
  const failed = all.filter(({ outcome }) => outcome !== "open");
  const isAsked = ({ outcome, isClosed }: Reached) => FIREWALLED.includes(outcome) && !isClosed;
  const asked = unique(failed.filter(isAsked));
  const others = failed.filter((one) => !isAsked(one));
  return [...ticket(asked, sources), ...others.map(other)].join("\n");
}

function ticket(asked: readonly Reached[], sources: readonly Source[]): string[] {
  if (asked.length === 0) return [];
  return [
    "For the firewall's owners:",
    "",
    "Please let Packit Service connect to the hosts below, from",
    ...sources.map(
      ({ context, namespaces }) => `- the cluster ${context}, namespaces ${namespaces.join(", ")}`,
    ),
    "",
    ...asked.map(({ host, port, why, addresses, outcome }) => {
      // Rules for other ports than the web's are by address.
      const by = [80, 443].includes(port) || addresses.length === 0 ? "" : ` (${addresses.join(", ")})`;
      return `- ${host}${by}, TCP ${port}: ${why}. Now: ${WORDS[outcome]}`;
    }),
    "",
  ];
}

/** Why something is not reached that no firewall keeps away. */
function other({ host, port, outcome, detail = "", isClosed, from, namespace }: Reached): string {
  const what = `${host}:${port} from ${namespace}, as ${from}`;
  if (isClosed && FIREWALLED.includes(outcome))
    return `${what}: the stack's own policies let nobody there reach this port; see docs/network.md.`;
  return outcome === "dns"
    ? `${what}: the name service knows no address of it (${detail}).`
    : `${what}: it answers, and not as it should (${detail}).`;
}

/** Each port once, wherever it was tried from. */
function unique(all: readonly Reached[]): Reached[] {
  return [...new Map(all.map((one) => [`${one.host}:${one.port}`, one])).values()];
}
