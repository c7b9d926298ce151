import { describe, expect, it } from "vitest";
import { egressHosts } from "../../../components/egress.ts";
import type { Reached } from "../../../operations/egress/check.ts";
import { checkPod } from "../../../operations/egress/check-pod.ts";
import { triedIn } from "../../../operations/egress/log.ts";
import { egressTable, requestText } from "../../../operations/egress/report.ts";
import { attempts, sandboxAttempt, targetsOf } from "../../../operations/egress/targets.ts";
import type { Anything } from "../../support/anything.ts";
import { find, objectsOf, settingsOf } from "../../support/stacks.ts";

const POOL = "packit-worker-short-running";
const settings = settingsOf("prod");
const names = (targets: readonly { readonly host: string; readonly port: number }[]) =>
  targets.map(({ host, port }) => `${host}:${port}`);

describe("what a stack tries to reach", () => {
  it("is each port of each of its hosts, and what is asked for besides", () => {
    const own = egressHosts(settings).flatMap(({ host, ports }) => ports.map((port) => `${host}:${port}`));
    expect(names(targetsOf(settings, ["example.com", "example.com:8080", "github.com"]))).toEqual([
      ...own,
      "example.com:443",
      "example.com:8080",
    ]);
  });

  it.each([
    "",
    "http://example.com",
    "example.com:0",
    "example.com:70000",
    "a b",
    "-x",
    "example.com:",
  ])("is not %j", (text) => {
    expect(() => targetsOf(settings, [text])).toThrow("is no host that can be tried");
  });

  it("is tried by a worker, but for what only others may reach", () => {
    const all = attempts(settings, targetsOf(settings, ["example.com:8080"]));
    expect(all.map(({ identity }) => identity)).toMatchObject([
      { name: "worker", namespace: "packit--prod", component: POOL, serviceAccount: "packit-worker" },
      { name: "packit-service-fedmsg", component: "packit-service-fedmsg" },
    ]);
    expect(all.map(({ closed }) => names(closed))).toEqual([["example.com:8080"], []]);
    expect(names(all[1]?.targets ?? [])).toEqual(["rabbitmq.fedoraproject.org:5671"]);
  });

  it("is tried by a worker alone where no policy keeps anybody from anything", () => {
    const open = settingsOf("prod", { networkPolicies: false });
    const all = attempts(open, targetsOf(open, ["example.com:8080"]));
    expect(all.map(({ identity, closed }) => [identity.name, closed])).toEqual([["worker", []]]);
  });

  it("is tried from the sandbox by the ports that users' commands may use, or that are asked for", () => {
    const { identity, targets, closed } = sandboxAttempt(settings, ["example.com:8080"]);
    expect(identity).toMatchObject({ namespace: "packit--prod-sandbox", serviceAccount: "default" });
    expect(identity).not.toHaveProperty("component");
    expect(names(closed)).toEqual(["example.com:8080"]);
    expect(new Set(targets.map(({ port }) => port))).toEqual(new Set([22, 443, 8080]));
    const alone = settingsOf("prod", { withSandbox: false, repositoryCache: { enabled: false } });
    expect(() => sandboxAttempt(alone, [])).toThrow("has no sandbox");
  });
});

describe("the pod that tries", () => {
  const pod = (attempt = attempts(settings, targetsOf(settings, []))[0]) => {
    if (attempt === undefined) throw new Error("no attempt");
    return checkPod({ settings, attempt, image: "worker:1", limitSeconds: 60 }) as Anything;
  };

  it("has what a worker's has that its network depends on, and neither its token nor its Service's requests", async () => {
    const { template } = find(await objectsOf("prod"), "StatefulSet", POOL).spec;
    const { metadata, spec } = pod();
    expect(metadata.labels).toMatchObject(template.metadata.labels);
    expect(spec.serviceAccountName).toBe(template.spec.serviceAccountName);
    expect(spec.nodeSelector).toEqual(template.spec.nodeSelector);
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.containers[0].readinessProbe.exec.command).toEqual(["false"]);
    expect(metadata.name).not.toMatch(/-\d+$/);
    expect(spec).toMatchObject({ restartPolicy: "Never", activeDeadlineSeconds: 60 });
    expect(spec.containers[0]).toMatchObject({ image: "worker:1", imagePullPolicy: "IfNotPresent" });
  });

  it("asks for certificates where they are the web's, and of nothing else", () => {
    const targets = [443, 5671, 22, 8443].map((port) => ({ host: "a", port, why: "" }));
    const [attempt] = attempts(settings, []).concat(sandboxAttempt(settings, []));
    if (attempt === undefined) throw new Error("no attempt");
    const { command } = pod({ ...attempt, targets }).spec.containers[0];
    expect(JSON.parse(command.at(-1)).map(({ tls }: Anything) => tls)).toEqual([
      "checked",
      "unchecked",
      "none",
      "none",
    ]);
  });
});

describe("what is told of it", () => {
  const reached = (
    host: string,
    port: number,
    outcome: Reached["outcome"],
    more: Partial<Reached> = {},
  ): Reached => ({
    ...{ host, port, outcome, addresses: ["192.0.2.7"], seconds: 5, why: `why ${host}` },
    ...{ from: "worker", namespace: "packit--prod", isClosed: false, detail: "said", ...more },
  });
  const all = [
    reached("github.com", 443, "open"),
    reached("pkgs.fedoraproject.org", 22, "timeout"),
    reached("pkgs.fedoraproject.org", 22, "timeout", { from: "sandbox", namespace: "packit--prod-sandbox" }),
    reached("pypi.org", 443, "reset"),
    reached("nobody.invalid", 443, "dns", { addresses: [] }),
    reached("proxied.example.com", 443, "tls"),
    reached("example.com", 8080, "timeout", { isClosed: true }),
  ];
  const sources = [
    { context: "packit-prod", namespaces: ["packit--prod", "packit--prod-sandbox"] },
    { context: "packit-stage", namespaces: ["packit--stg"] },
  ];

  it("fits 80 columns", () => {
    for (const line of egressTable([...all, reached(`${"long.".repeat(20)}org`, 443, "unreachable")]).split(
      "\n",
    ))
      expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it("is a ticket for the firewall, for all clusters, by address for what is not the web's; and the rest below", () => {
    expect(requestText(all, sources)).toBe(`For the firewall's owners:

Please let Packit Service connect to the hosts below, from
- the cluster packit-prod, namespaces packit--prod, packit--prod-sandbox
- the cluster packit-stage, namespaces packit--stg

- pkgs.fedoraproject.org (192.0.2.7), TCP 22: why pkgs.fedoraproject.org. Now: no answer
- pypi.org, TCP 443: why pypi.org. Now: reset

nobody.invalid:443 from packit--prod, as worker: the name service knows no address of it (said).
proxied.example.com:443 from packit--prod, as worker: it answers, and not as it should (said).
example.com:8080 from packit--prod, as worker: the stack's own policies let nobody there reach this port; see docs/network.md.`);
  });

  it("is nothing where all is open", () => {
    expect(requestText(all.slice(0, 1), sources)).toBe("");
  });
});

describe("what the pod has said", () => {
  it.each(["", "{", '{"lines":1}', '{"lines":0, "more":1}', "Killed"])("is unknown from %j", (log) => {
    expect(triedIn(log)).toBeUndefined();
  });
  it("is whole with its last line", () => {
    const line = { host: "a", port: 1, outcome: "open", addresses: [], seconds: 0 };
    expect(triedIn(`${JSON.stringify(line)}\n{"lines":1}\n`)).toEqual([line]);
    expect(triedIn('{"lines":0}')).toEqual([]);
  });
});
