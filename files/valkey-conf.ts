import { inBytes } from "../settings/values.ts";

/**
 * valkey.conf. Only keys with a TTL are evicted: queued tasks have none and must never be dropped. Idle clients are
 * cut off after ten minutes.
 */
export function valkeyConf({ maxMemory }: { readonly maxMemory: string }): string {
  return `dir /data
timeout 600
maxmemory ${inBytes(maxMemory)}
maxmemory-policy volatile-lru
`;
}
