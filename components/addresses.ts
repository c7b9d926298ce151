/** The database's host: the name of its Service. */
export const POSTGRES_HOST = "postgres";

/** The host of the queues: the name of Valkey's Service. */
export const VALKEY_HOST = "valkey";

/** The queues' address, for a container whose environment has VALKEY_PASSWORD before it. */
export const VALKEY_URL = `redis://:$(VALKEY_PASSWORD)@${VALKEY_HOST}:6379/0`;

/** Where the API and the workers ask for the GitHub App's tokens. */
export const TOKMAN_URL = "http://tokman";

/** Where workers leave their metrics. */
export const PUSHGATEWAY_URL = "http://pushgateway";
