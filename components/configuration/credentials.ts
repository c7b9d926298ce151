import type { Files, Picked } from "../../kubernetes/files.ts";
import type { PostgresKey } from "../postgres/settings.ts";

/** The files and credentials that pods read, each in the Secret or ConfigMap of its readers. */
export interface Credentials {
  /** The certificate and key for the pods of a component that speaks TLS. */
  readonly tls: (component: string) => Picked;
  readonly keytab: Picked;
  readonly ssh: Files<"id_ed25519" | "config">;
  readonly packit: Files<"packit-service.yaml" | "packit-service-with-cache.yaml" | "copr" | "fedora.toml">;
  readonly osh: Files<"client.conf">;
  readonly probes: Files<"client.py">;
  readonly postgres: Files<PostgresKey>;
  readonly valkey: Files<string>;
  readonly githubApp: Files<string> | undefined;
  readonly centpkgSig: Files<"centpkg-sig.conf"> | undefined;
  readonly sentry: Files<"dsn"> | undefined;
  readonly aws: Files<"access-key-id" | "secret-access-key"> | undefined;
}
