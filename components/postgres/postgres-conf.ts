/** packit.conf, read by PostgreSQL after its own: costs of solid-state storage, and room for the write-ahead log. */
export function postgresConf(): string {
  return `random_page_cost = 1.1
effective_io_concurrency = 200
min_wal_size = 1GB
max_wal_size = 4GB
`;
}
