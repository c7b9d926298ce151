import os
import socket
import sys
import time

# A pod that is not back by then, after three failures, its end and ten minutes to start, stands in no one's way.
LEASE_SECONDS = 900
TIMEOUT_SECONDS = 10

ME = os.uname().nodename
VALKEY = {
    "host": os.environ["REDIS_SERVICE_HOST"],
    "port": int(os.environ.get("REDIS_SERVICE_PORT", "6379")),
    "password": os.environ["REDIS_PASSWORD"],
}

# A crash of one of PostgreSQL's processes cuts off all clients, but it goes on: only its statistics begin anew.
AGE = """SELECT extract(epoch FROM clock_timestamp() - greatest(
    pg_postmaster_start_time(), (SELECT stats_reset FROM pg_stat_bgwriter)))"""

GIVE_BACK = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end"


def uptime():
    """Seconds since the container started. Two nodes' clocks may differ, two durations do not."""
    with open("/proc/1/stat") as stat:
        started = int(stat.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started


def database_age():
    """Seconds since PostgreSQL started; None where it cannot be asked."""
    try:
        import psycopg2

        connection = psycopg2.connect(
            host=os.environ.get("POSTGRESQL_HOST", "postgres"),
            port=os.environ.get("POSTGRESQL_PORT", "5432"),
            user=os.environ["POSTGRESQL_USER"],
            password=os.environ["POSTGRESQL_PASSWORD"],
            dbname=os.environ["POSTGRESQL_DATABASE"],
            connect_timeout=TIMEOUT_SECONDS,
            tcp_user_timeout=TIMEOUT_SECONDS * 1000,
            options=f"-c statement_timeout={TIMEOUT_SECONDS * 1000}",
        )
        with connection.cursor() as cursor:
            cursor.execute(AGE)
            return float(cursor.fetchone()[0])
    except Exception as error:
        print(f"PostgreSQL cannot be asked: {error}")
        return None


def is_outlived(component):
    """Whether the client is older than its database, and it is this pod's turn to be started again."""
    # The order makes an age that took long to get count for the client.
    own = uptime()
    age = database_age()
    if age is None:
        return False
    outlived = age < own
    if not outlived and own > LEASE_SECONDS:
        return False
    import redis

    lease = f"packit-restart:{component}"
    try:
        valkey = redis.Redis(**VALKEY, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
        if not outlived:
            valkey.eval(GIVE_BACK, 1, lease, ME)
            return False
        taken = valkey.set(lease, ME, nx=True, ex=LEASE_SECONDS) or valkey.get(lease) == ME.encode()
    except redis.RedisError as error:
        print(f"Valkey cannot be asked whose turn it is: {error}")
        return False
    print(f"PostgreSQL started {age:.0f} s ago, its client {own:.0f} s ago.")
    if not taken:
        print("Another pod is started again first.")
    return bool(taken)


def answers(seconds):
    """Whether the worker answers; None where the broker is away."""
    from kombu import Connection
    from kombu.exceptions import OperationalError
    from kombu.pidbox import Mailbox

    connection = Connection(
        hostname=VALKEY["host"],
        port=VALKEY["port"],
        password=VALKEY["password"],
        virtual_host=os.environ.get("REDIS_SERVICE_DB", "0"),
        transport="redis",
        transport_options={"socket_timeout": TIMEOUT_SECONDS * 3, "socket_connect_timeout": TIMEOUT_SECONDS},
    )
    until = time.monotonic() + seconds
    try:
        connection.connect()
        # Celery's own remote control; its command would import all of Packit.
        inspected = Mailbox("celery", type="fanout")(connection)
        # What is said while the worker looks for its broker is never heard: it is said again.
        while (left := until - time.monotonic()) > 0:
            timeout = min(left, TIMEOUT_SECONDS)
            if inspected.call([f"celery@{ME}"], "ping", timeout=timeout):
                return True
    except (OperationalError, *connection.connection_errors) as error:
        print(f"The broker is away: {error}")
        return None
    print(f"The worker does not answer within {seconds:.0f} s.")
    return False


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS).close()
        return True
    except OSError as error:
        print(f"Nothing listens at port {port}: {error}")
        return False


def is_well(check, *args):
    if check == "started":
        return answers(float(args[0])) is True
    component, number = args
    if check == "worker":
        return not is_outlived(component) and answers(float(number)) is not False
    if check == "api":
        return listens(int(number)) and not is_outlived(component)
    raise SystemExit(f"{check} is none of: started, worker, api.")


sys.exit(0 if is_well(*sys.argv[1:]) else 1)
