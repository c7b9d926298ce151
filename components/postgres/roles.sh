# Sourced by PostgreSQL's image at each of its starts, while nobody but this machine reaches the server. What fails here
# must not keep the database from starting.
for role in $DATABASE_ROLES; do
  psql --quiet --no-psqlrc --no-password --dbname=postgres --set=ON_ERROR_STOP=1 \
    --set=user="${role%%:*}" --set=group="${role#*:}" --set=file="${ROLES_DIRECTORY:-/roles}/${role%%:*}" \
    >/dev/null <<'SQL' || echo "The role ${role%%:*} could not be made." >&2
SET log_min_error_statement = panic;
\set password `cat :'file'`
SELECT format('CREATE ROLE %I', :'user') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'user') \gexec
ALTER ROLE :"user" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
GRANT :"group" TO :"user";
SQL
done
