import { inBytes } from "../../schema/values.ts";

/** Where Valkey finds its files, and the one of them with its password. */
export const VALKEY_DIRECTORY = "/etc/valkey";
export const VALKEY_PASSWORD_FILE = "password.conf";

/** password.conf, which valkey.conf includes. */
export function valkeyPasswordConf({ password }: { readonly password: string }): string {
  return `requirepass ${password}\n`;
}

/**
 * valkey.conf. Only keys with a TTL are evicted: queued tasks have none and must never be dropped. Idle clients are
 * cut off after ten minutes.
 */
export function valkeyConf({ maxMemory }: { readonly maxMemory: string }): string {
  return `dir /data
timeout 600
maxmemory ${inBytes(maxMemory)}
maxmemory-policy volatile-lru
include ${VALKEY_DIRECTORY}/${VALKEY_PASSWORD_FILE}
`;
}
