"""Try to reach hosts, all at once, and say in lines of JSON what became of each.

The first argument is the limit for each in seconds, the second a JSON list of {"host", "port", "tls"}: "checked" for a
handshake with a certificate that must be right, "unchecked" for one with any, "none" for a connection alone.
"""

import asyncio
import concurrent.futures
import json
import os
import socket
import ssl
import sys
import time

# Of what befell several addresses of a host, what says the most about the way there.
TELLING = ["timeout", "reset", "refused", "unreachable"]


class Failure(Exception):
    def __init__(self, outcome, detail):
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail


async def check(host, port, tls, limit):
    begun = time.monotonic()
    addresses = []
    try:
        await asyncio.wait_for(reach(host, port, tls, addresses), limit)
        said = {"outcome": "open"}
    except Failure as failure:
        said = {"outcome": failure.outcome, "detail": failure.detail}
    except (asyncio.TimeoutError, TimeoutError):
        stage = "connecting" if addresses else "asking for its address"
        said = {"outcome": "timeout" if addresses else "dns", "detail": f"no answer within {limit:g} s of {stage}"}
    seconds = round(time.monotonic() - begun, 1)
    say({"host": host, "port": port, **said, "addresses": addresses, "seconds": seconds})


async def reach(host, port, tls, addresses):
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failure("dns", str(error)) from error
    addresses += dict.fromkeys(address[0] for *_, address in found)
    connection = await connect(found)
    with connection:
        if tls != "none":
            await shake_hands(connection, host, tls)


async def connect(found):
    """Connect to the first address that answers; to try one after the other would take too long."""
    tries = {asyncio.ensure_future(connect_one(*one)) for one in dict.fromkeys((f, a) for f, _, _, _, a in found)}
    failures = []
    try:
        for done in asyncio.as_completed(tries):
            try:
                return await done
            except Failure as failure:
                failures.append(failure)
    finally:
        for one in tries:
            one.cancel()
    raise min(failures, key=lambda failure: TELLING.index(failure.outcome))


async def connect_one(family, address):
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(connection, address)
    except BaseException as error:
        connection.close()
        if isinstance(error, OSError):
            raise Failure(outcome_of(error), str(error)) from error
        raise
    return connection


async def shake_hands(connection, host, tls):
    context = ssl.create_default_context()
    if tls == "unchecked":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        _, writer = await asyncio.open_connection(sock=connection, ssl=context, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        raise Failure("tls", error.verify_message or str(error)) from error
    except ssl.SSLError as error:
        raise Failure("tls", str(error)) from error
    except OSError as error:
        raise Failure(outcome_of(error), f"{error} (in the TLS handshake)") from error
    writer.transport.abort()


def outcome_of(error):
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)):
        return "reset"
    return "timeout" if isinstance(error, TimeoutError) else "unreachable"


def say(line):
    print(json.dumps(line), flush=True)


async def main(limit, targets):
    # Each waits for the name service in a thread of its own, so that none waits for another.
    threads = concurrent.futures.ThreadPoolExecutor(max_workers=max(1, len(targets)))
    asyncio.get_running_loop().set_default_executor(threads)
    await asyncio.gather(*(check(**target, limit=limit) for target in targets))
    # Whoever reads it knows by the number of lines that none is missing.
    say({"lines": len(targets)})
    # A name service that does not answer is not waited for.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), json.loads(sys.argv[2])))
