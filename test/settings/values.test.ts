import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import * as images from "../../schema/image-reference.ts";
import { schedule } from "../../schema/schedule.ts";
import { timeZone } from "../../schema/time-zone.ts";
import * as values from "../../schema/values.ts";
import { check } from "../../settings/check.ts";
import { checkedStack } from "../../settings/stack-name.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;

/** What is taken and what is not, beside what is asked of the readers themselves in test/cluster and test/integration. */
const KINDS: Readonly<
  Record<string, { schema: z.ZodType; right: readonly string[]; wrong: readonly string[] }>
> = {
  "a schedule": {
    schema: schedule,
    right: [
      "0 2 * * 0",
      "*/15 * * * *",
      "30 1 1,15 JAN-MAR MON-FRI",
      "@daily",
      "@every 1h30m",
      "0  2 ? * SAT",
    ],
    wrong: [
      "60 * * * *",
      "0 22-2 * * *",
      "0 2 * * FRI-MON",
      "0 2 * * 7",
      "0 2 * *",
      "0 2 * * * *",
      "TZ=UTC 0 2 * * *",
      "@noon",
      "",
    ],
  },
  "a time zone": {
    schema: timeZone,
    right: [
      "Europe/Prague",
      "Etc/UTC",
      "UTC",
      "Asia/Kolkata",
      "Asia/Calcutta",
      "Etc/GMT+1",
      "America/Port_of_Spain",
    ],
    wrong: ["Europe/Pragu", "europe/prague", "Local", "IST", "+01:00", "Etc", "../UTC", ""],
  },
  "a namespace": {
    schema: values.namespaceName,
    right: ["packit--stg", "1", "default-1", "my-openshift", "kubeflow"],
    wrong: [
      "default",
      "kube-system",
      "kube-",
      "openshift",
      "openshift-x",
      "kubernetes-dashboard",
      "a.b",
      "A",
      "-a",
      "",
    ],
  },
  "an object's name": {
    schema: values.objectName,
    right: ["fast.ssd", "gp2", `${"a".repeat(64)}.b`],
    wrong: ["Fast", "a..b", ".a", "a_b", "a".repeat(254), ""],
  },
  "an annotation's key": {
    schema: values.annotationKey,
    right: ["Nginx.ingress.kubernetes.io/Rewrite_target", "a"],
    wrong: ["a..b/c", "a/b/c", "/a", "a_b/c", ""],
  },
  "the address of a cached repository": {
    schema: values.repositoryUrl,
    right: [
      "https://github.com/systemd/systemd",
      "https://git.kernel.org:8443/pub/scm/linux.git",
      "https://src.fedoraproject.org/rpms/c++-x",
    ],
    wrong: [
      "git@github.com:systemd/systemd",
      "http://github.com/systemd/systemd",
      "https://token@github.com/systemd/systemd",
      "https://github.com",
      "https://github.com/systemd/",
      "https://github.com/systemd/..",
      "https://github.com/systemd/.hidden",
      "https://github.com:99999/systemd/systemd",
      "https://github..com/systemd/systemd",
    ],
  },
  "an address": {
    schema: values.baseUrl,
    right: ["https://koji.example.com", "http://127.0.0.1:8080/a/", "https://[::1]/x", "https://x.org/@me"],
    wrong: [
      "https://u:p@x.org",
      "https:x.org",
      "https:///x.org",
      "https://x.org:99999",
      "https://x.org/?a",
      "https://x.org#a",
      "ftp://x.org",
      "https://x.org\\a",
      "https://",
      " https://x.org",
    ],
  },
  "an image": {
    schema: images.imageReference,
    right: [
      "quay.io/packit/packit-worker:stg",
      `docker.io/valkey/valkey:8@${DIGEST}`,
      `valkey@${DIGEST}`,
      `x@sha512:${"a".repeat(128)}`,
      "reg.io:5000/a__b/c---d:T_1",
      "[::1]:5000/a:1",
      "localhost/a:1",
    ],
    wrong: [
      "reg.io:99999/a/b:1",
      "reg.io:0/a:1",
      "quay.io/packit/packit-worker",
      "quay.io/Packit/worker:1",
      "quay.io/a//b:1",
      "a___b:1",
      `a:${"t".repeat(129)}`,
      `a@${DIGEST}:1`,
      `a@${DIGEST.slice(0, -1)}`,
      `a@md5:${"0".repeat(32)}`,
      "https://quay.io/a:1",
      ":1",
      "",
    ],
  },
  "a folder of images": {
    schema: images.imageFolder,
    right: ["quay.io/packit", "localhost:5000/x"],
    wrong: ["quay.io/packit:1", "quay.io/packit/", "https://quay.io/packit", ""],
  },
  "a branch": {
    schema: values.gitBranch,
    right: ["main", "os-build", "f42/next", "v1.2_x"],
    wrong: ["-x", "a..b", "a//b", "a/", "a.lock", "a b", "a*", ".a", ""],
  },
  "a user of PostgreSQL": {
    schema: values.sqlUser,
    right: ["packit", "_packit2", "p".repeat(63), "user", "template1", "pgpackit", "publican"],
    wrong: [
      "Packit",
      "packit-2",
      "2packit",
      "packit'; --",
      "p".repeat(64),
      "",
      "postgres",
      "public",
      "none",
      "pg_x",
    ],
  },
  "a database": {
    schema: values.sqlDatabase,
    right: ["packit", "table", "public", "pg_x", "template2"],
    wrong: ["postgres", "template0", "template1", "Packit", ""],
  },
  "what names in S3 start with": {
    schema: values.objectPrefix,
    right: ["database", "packit/stage.1/db_x"],
    wrong: ["/database", "database/", "data//base", "data base", ""],
  },
  "a bucket": {
    schema: values.bucket,
    right: ["arr-packit-stg", "a.b.c"],
    wrong: ["ab", "a..b", "192.168.1.1", "Bucket", "-ab"],
  },
};

describe.each(Object.entries(KINDS))("%s", (_, { schema, right, wrong }) => {
  it.each(right)("may be %s", (text) => expect(check(schema, text).violations).toEqual([]));
  it.each(wrong)("may not be %j", (text) => expect(check(schema, text).violations).toHaveLength(1));
});

describe("an address that paths are appended to", () => {
  const address = fc.webUrl({ validSchemes: ["http", "https"] }).map((url) => url.replace(/\/+$/, ""));
  const slashes = fc.nat(2).map((count) => "/".repeat(count));

  it("has the end that its readers want, however it was written", () => {
    fc.assert(
      fc.property(address, slashes, (url, end) => {
        expect(values.baseUrl.parse(url + end)).toBe(url);
        expect(values.folderUrl.parse(url + end)).toBe(`${url}/`);
      }),
    );
  });
});

describe("a value's schema", () => {
  const isSchema = (value: unknown): value is z.ZodType =>
    typeof value === "object" && value !== null && "safeParse" in value;
  const all = Object.entries({ ...values, ...images, schedule, timeZone }).filter(([, value]) =>
    isSchema(value),
  );

  it.each(all)("says what is allowed, and an example that is: %s", (name, schema) => {
    const { allowed, example } = (schema as z.ZodType).meta() ?? {};
    expect(allowed, name).toBeTruthy();
    expect(check(schema as z.ZodType, example).violations).toEqual([]);
  });
});

describe("the name of a stack", () => {
  it.each(["stage", "Feature_1", "a.b"])("may be %s", (name) => expect(checkedStack(name)).toBe(name));
  it.each(["feature_", "-x", "a/b", "../x", "x".repeat(64), ""])("may not be %j", (name) => {
    expect(() => checkedStack(name)).toThrow(/^The stack's name is .* It takes at most 63 .* Rename /);
  });
});
