import { describe, expect, it } from "vitest";
import type { Anything } from "../../support/anything.ts";
import { allTemplates, objectsOf } from "../../support/stacks.ts";

const TLS = ["packit-secrets/fullchain.pem", "packit-secrets/privkey.pem"];
const KEYTAB = "packit-secrets/fedora.keytab";
const SSH = ["packit-ssh/config", "packit-ssh/id_ed25519"];
const DATABASE = ["database-host", "database-name", "database-password", "database-user"].map(
  (key) => `postgres-secret/${key}`,
);
const CONFIG = ["packit-config/copr", "packit-config/packit-service.yaml"];
const CLIENT = [...DATABASE, "sentry/dsn", "valkey/password"];
const FORGES = ["centpkg-sig/centpkg-sig.conf", "github-app-private-key/private-key.pem"];
const AWS = ["aws/access-key-id", "aws/secret-access-key"];
const WORKER = [...CLIENT, ...FORGES, ...AWS, ...SSH, KEYTAB, "packit-config/copr"];
const WITHOUT_HOST = DATABASE.filter((key) => !key.endsWith("host"));

/** Every key of a Secret that each pod sees, as a file or in its environment. */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  "packit-service": [...CLIENT, ...FORGES, ...CONFIG, ...TLS, KEYTAB],
  "packit-service-migration": [...CLIENT, ...CONFIG],
  "packit-worker-long-running": [...WORKER, "packit-config/packit-service-with-cache.yaml"],
  "packit-worker-short-running": [...WORKER, "packit-config/packit-service.yaml"],
  "packit-service-beat": ["sentry/dsn", "valkey/password", ...CONFIG, ...SSH, KEYTAB],
  "packit-service-fedmsg": ["packit-config/fedora.toml", "sentry/dsn", "valkey/password"],
  "packit-dashboard": TLS,
  nginx: [...TLS, "flower-htpasswd/htpasswd"],
  flower: ["flower/password", "flower/user", "valkey/password"],
  pushgateway: [],
  valkey: ["valkey/password", "valkey/password.conf"],
  "postgres-15": WITHOUT_HOST,
  "packit-backup": [...DATABASE, ...AWS],
  "packit-restore": [...DATABASE, ...AWS],
};

describe("each pod", () => {
  it("sees the keys that it needs, and no other", async () => {
    const seen = [...allTemplates(await objectsOf("stage")).values()].map(({ metadata, spec }) => [
      metadata.labels.component,
      [...new Set([...ofVolumes(spec), ...ofEnvironment(spec)])].sort(),
    ]);
    const wanted = Object.entries(SECRETS).map(([name, keys]) => [name, [...keys].sort()]);
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(wanted));
  });
});

function ofVolumes(spec: Anything): string[] {
  const sources = (spec.volumes ?? []).flatMap(({ projected }: Anything) => projected?.sources ?? []);
  return sources.flatMap(({ secret }: Anything) =>
    (secret?.items ?? []).map(({ key }: Anything) => `${secret.name}/${key}`),
  );
}

function ofEnvironment(spec: Anything): string[] {
  const variables = [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ env = [] }) => env);
  return variables.flatMap(({ valueFrom }: Anything) =>
    valueFrom ? [`${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`] : [],
  );
}
