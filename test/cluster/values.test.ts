import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { ApiError } from "../../cluster/api-client.ts";
import { localClient } from "../../local/up.ts";
import { resources } from "../../schema/resources.ts";
import { schedule } from "../../schema/schedule.ts";
import { TIME_ZONES, timeZone } from "../../schema/time-zone.ts";
import * as values from "../../schema/values.ts";
import { near } from "../support/near.ts";
import { PATHS } from "./control-plane.ts";

const NAMESPACE = "test-values";
const RUNS = 100;

const client = localClient(PATHS);
const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };

beforeAll(() => client.create(namespace));
afterAll(() => client.delete(namespace));

/** Where a kind's objects are created. */
const NAMESPACES = "/api/v1/namespaces";
const inNamespace = (group: string, plural: string) => `${group}/namespaces/${NAMESPACE}/${plural}`;
const CLAIMS = inNamespace("/api/v1", "persistentvolumeclaims");
const DEPLOYMENTS = inNamespace("/apis/apps/v1", "deployments");
const CRON_JOBS = inNamespace("/apis/batch/v1", "cronjobs");
const INGRESSES = inNamespace("/apis/networking.k8s.io/v1", "ingresses");
const POLICIES = inNamespace("/apis/networking.k8s.io/v1", "networkpolicies");
const ROUTES = inNamespace("/apis/route.openshift.io/v1", "routes");
const QUOTAS = inNamespace("/api/v1", "resourcequotas");

interface Kind<T> {
  readonly schema: z.ZodType;
  readonly examples: fc.Arbitrary<T>;
  readonly path: string;
  readonly body: (value: T) => object;
  /** Where this project wants more than the API server does, on purpose. */
  readonly isStricter?: boolean;
}

const kind = <T>(one: Kind<T>): Kind<T> => one;

const metadata = { name: "test" };
const CONTAINER = { name: "main", image: "example.com/nothing:1" };
const pod = (spec: object) => ({
  spec: {
    selector: { matchLabels: { a: "b" } },
    template: { metadata: { labels: { a: "b" } }, spec: { containers: [CONTAINER], ...spec } },
  },
});
const claim = (spec: object) => ({
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec },
});
const cronJob = (spec: object) => ({
  spec: {
    schedule: "@daily",
    jobTemplate: { spec: { template: { spec: { containers: [CONTAINER], restartPolicy: "Never" } } } },
    ...spec,
  },
});
const ROUTE = { apiVersion: "route.openshift.io/v1", kind: "Route" };
const host = (name: string) => ({ host: name, http: { paths: [path] } });
const path = { path: "/", pathType: "Prefix", backend: { service: { name: "a", port: { number: 1 } } } };
const ingress = (spec: object) => ({ spec: { rules: [host("a.b")], ...spec } });

const NAME_CHARS = "ab1-._A/";
const labels = ["env", "a.b-c/d_e.F", "packit.dev/stack", "a/b"];
const quantities = ["1Gi", "512Mi", "0", "1e3", "0.5Gi", "512", "100m", "2", "1Ti", "1k", "9999999999999Ti"];
const quantity = near(quantities, "019.eEkKMGTmin-+");

/** Items of a schedule's field: all that robfig/cron tells apart. */
const item = fc.oneof(
  fc.constantFrom("*", "?", "L", "JAN", "dec", "Sun", "SAT", "7", "", "*-1", "+3", "007", "-1"),
  fc.integer({ min: 0, max: 62 }).map(String),
  fc.tuple(fc.nat(32), fc.nat(62)).map(([from, to]) => `${from}-${to}`),
  fc.constantFrom("MON-FRI", "FRI-MON", "jan-3", "22-2", "1-2-3"),
);
const step = fc.constantFrom("", "", "", "/2", "/0", "/99", "/x", "/-1", "/2/3", "/99999999999999999999");
const field = fc
  .array(
    fc.tuple(item, step).map(([range, by]) => range + by),
    { minLength: 1, maxLength: 2 },
  )
  .map((items) => items.join(","));
const likelyField = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("*", "1", "2-5", "*/6") },
  { weight: 1, arbitrary: field },
);
const space = fc.constantFrom(" ", " ", " ", "  ", "\t", "\u00a0");
const fields = fc
  .tuple(fc.array(likelyField, { minLength: 4, maxLength: 6 }), space)
  .map(([all, between]) => all.join(between));
const fiveFields = fc
  .tuple(likelyField, likelyField, likelyField, likelyField, likelyField)
  .map((all) => all.join(" "));
const words = near(
  [
    "@daily",
    "@hourly",
    "@weekly",
    "@every 1h30m",
    "@every 1.5s",
    "@every -5m",
    "@every .5us",
    "@every 2562048h",
    "@reboot",
  ],
  "@ehmsuµ.0159 -",
);

/** What a machine's own files add to the time zones, or call by another name. */
const isOfMachine = (name: string) => /^(posix|right)\/|^(localtime|posixrules)$/.test(name);

const KINDS = {
  "the name of a namespace": kind({
    schema: values.namespaceName,
    examples: near(["packit--stg", "a", "0"], NAME_CHARS),
    path: NAMESPACES,
    body: (name) => ({ metadata: { name } }),
  }),
  "a label's value": kind({
    schema: values.labelValue,
    examples: near(["stage", "PCKT-002", "a_b.c", ""], NAME_CHARS),
    path: NAMESPACES,
    body: (value) => ({ metadata: { name: "another", labels: { a: value } } }),
  }),
  "a label's key": kind({
    schema: values.labelKey,
    examples: near(labels, NAME_CHARS),
    path: NAMESPACES,
    body: (key) => ({ metadata: { name: "another", labels: { [key]: "a" } } }),
  }),
  "an annotation's key": kind({
    schema: values.annotationKey,
    examples: near([...labels, "Nginx.Ingress/Rewrite"], NAME_CHARS),
    path: INGRESSES,
    body: (key) => ({ metadata: { ...metadata, annotations: { [key]: "a" } }, ...ingress({}) }),
  }),
  "an annotation's value": kind({
    schema: values.annotationValue,
    examples: fc.string({ unit: "binary" }),
    path: INGRESSES,
    body: (value) => ({ metadata: { ...metadata, annotations: { a: value } }, ...ingress({}) }),
  }),
  "a node selector's key": kind({
    schema: values.labelKey,
    examples: near(labels, NAME_CHARS),
    path: DEPLOYMENTS,
    body: (key) => pod({ nodeSelector: { [key]: "a" } }),
  }),
  "a taint's key": kind({
    schema: values.labelKey,
    examples: near(labels, NAME_CHARS),
    path: DEPLOYMENTS,
    body: (key) => pod({ tolerations: [{ key, operator: "Equal", value: "a" }] }),
  }),
  "a storage class": kind({
    schema: values.objectName,
    // One that is empty asks for a volume of no class, which nobody makes.
    examples: near(["fast.ssd", "gp2", "a.b.c"], NAME_CHARS).filter((name) => name !== ""),
    path: CLAIMS,
    body: (storageClassName) => claim({ storageClassName }),
  }),
  "an Ingress class": kind({
    schema: values.objectName,
    examples: near(["nginx", "a.b.c"], NAME_CHARS),
    path: INGRESSES,
    body: (ingressClassName) => ingress({ ingressClassName }),
  }),
  "a host of an Ingress": kind({
    schema: values.hostName,
    examples: near(["stg.packit.dev", "a.b", "1.a"], NAME_CHARS),
    path: INGRESSES,
    body: (name) => ingress({ rules: [host(name)], tls: [{ hosts: [name], secretName: "a" }] }),
    isStricter: true,
  }),
  "a host of a Route": kind({
    schema: values.hostName,
    examples: near(["stg.packit.dev", "a.b", "1.a"], NAME_CHARS),
    path: ROUTES,
    body: (name) => ({ ...ROUTE, spec: { host: name, to: { kind: "Service", name: "a", weight: 100 } } }),
    isStricter: true,
  }),
  "a schedule": kind({
    schema: schedule,
    examples: fc.oneof(fiveFields, fields, words),
    path: CRON_JOBS,
    body: (text) => cronJob({ schedule: text }),
  }),
  "a time zone": kind({
    schema: timeZone,
    examples: fc
      .oneof(
        near([...TIME_ZONES], "aZ/+-_1."),
        fc.constantFrom("Local", "IST", "PST", "ACT", "+01:00", "utc", "etc/UTC"),
      )
      .filter((name) => !isOfMachine(name)),
    path: CRON_JOBS,
    body: (name) => cronJob({ timeZone: name }),
  }),
  "the size of a volume": kind({
    schema: values.bytes,
    examples: quantity,
    path: CLAIMS,
    body: (storage) => claim({ resources: { requests: { storage } } }),
    isStricter: true,
  }),
  "an amount of memory": kind({
    schema: values.bytes,
    examples: quantity,
    path: DEPLOYMENTS,
    body: (memory) => pod({ containers: [{ ...CONTAINER, resources: { limits: { memory } } }] }),
    isStricter: true,
  }),
  "an amount of processors": kind({
    schema: values.cpu,
    examples: quantity,
    path: DEPLOYMENTS,
    body: (cpu) => pod({ containers: [{ ...CONTAINER, resources: { limits: { cpu } } }] }),
    isStricter: true,
  }),
  "an amount of a quota": kind({
    schema: values.bytes,
    examples: quantity,
    path: QUOTAS,
    body: (amount) => ({ spec: { hard: { "limits.memory": amount, "requests.storage": amount } } }),
    isStricter: true,
  }),
  "requests and limits": kind({
    schema: resources({ requests: { cpu: "1m", memory: "1Mi" }, limits: { cpu: "1", memory: "1Gi" } }),
    examples: fc.record({
      requests: fc.record({
        cpu: fc.constantFrom("1", "999m", "1000m", "2"),
        memory: fc.constantFrom("1Gi", "1024Mi", "1025Mi"),
      }),
      limits: fc.record({
        cpu: fc.constantFrom("1", "1001m", "500m"),
        memory: fc.constantFrom("1Gi", "1023Mi"),
      }),
    }),
    path: DEPLOYMENTS,
    body: (amounts) => pod({ containers: [{ ...CONTAINER, resources: amounts }] }),
  }),
  "a port": kind({
    schema: values.port,
    examples: fc.oneof(
      fc.integer({ min: -1, max: 2 }),
      fc.integer({ min: 65_534, max: 65_537 }),
      fc.integer(),
    ),
    path: POLICIES,
    body: (port) => ({ spec: { podSelector: {}, egress: [{ ports: [{ protocol: "TCP", port }] }] } }),
  }),
};

describe.each(Object.entries(KINDS) as [string, Kind<unknown>][])("%s", (_, one) => {
  it("is taken and refused as by the API server", async () => {
    const samples = [...new Set(fc.sample(one.examples, RUNS))];
    const judged = await Promise.all(samples.map((value) => judge(one, value)));
    const differ = judged.filter(({ here, there }) => (one.isStricter ? here && !there : here !== there));
    expect(differ).toEqual([]);
    // A judge who always says the same would prove nothing.
    if (one.schema !== values.annotationValue)
      expect(new Set(judged.map(({ here }) => here))).toEqual(new Set([true, false]));
  });
});

describe("every time zone that is taken", () => {
  it("is known to the API server", async () => {
    const judged = await Promise.all([...TIME_ZONES].map((name) => judge(KINDS["a time zone"], name)));
    expect(judged.filter(({ there }) => !there)).toEqual([]);
  });
});

async function judge<T>({ schema, path, body }: Kind<T>, value: T) {
  const here = schema.safeParse(value).success;
  const there = await isTaken(path, { metadata, ...body(value) });
  return { value, here, there };
}

async function isTaken(path: string, object: object): Promise<boolean> {
  try {
    await client.request("POST", `${path}?dryRun=All&fieldValidation=Strict`, object);
    return true;
  } catch (error) {
    // There is already one of that name.
    if (error instanceof ApiError && error.status === 409) return true;
    if (error instanceof ApiError && [400, 422].includes(error.status)) return false;
    throw error;
  }
}
