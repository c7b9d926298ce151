set -euo pipefail
export PGUSER="$POSTGRESQL_USER" PGPASSWORD="$POSTGRESQL_PASSWORD" PGDATABASE="$POSTGRESQL_DATABASE"
count="SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
tables() { psql --host="$1" --tuples-only --no-align --command="$count"; }
if [ "$(tables "$COPY_TO")" != 0 ]; then
  echo "The database at $COPY_TO is not empty. Nothing was copied." >&2
  exit 1
fi
# Only a whole dump is committed: psql takes the end of a broken one for its end.
{
  echo "BEGIN;"
  pg_dump --host="$COPY_FROM" --no-owner --no-privileges && echo "COMMIT;"
} | psql --host="$COPY_TO" --quiet --output=/dev/null --set=ON_ERROR_STOP=1
if [ "$(tables "$COPY_TO")" != "$(tables "$COPY_FROM")" ]; then
  echo "$COPY_TO has $(tables "$COPY_TO") tables, $COPY_FROM $(tables "$COPY_FROM")." >&2
  exit 1
fi
echo "Copied $(tables "$COPY_TO") tables from $COPY_FROM to $COPY_TO"
