/**
 * cache.py, which runs in the sandbox's image: that has git and Python. It keeps the repositories of one cache volume,
 * and says what it does in lines of JSON, which `settings` of no kind reach but by its arguments.
 */
export function repositoryCacheScript(): string {
  return `"""Keep the git repositories of a cache volume: fill, receive and status; hold waits for receive.

A reader never meets half a repository. A new one grows in a hidden folder and is renamed; to an old one git adds the
objects before the branches that need them. What a clone may have borrowed is never dropped.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CACHE = Path(os.environ.get("CACHE_PATH", "/repository-cache"))
OUTCOME = Path(os.environ.get("CACHE_OUTCOME", "/tmp/outcome"))
PAUSE_SECONDS = float(os.environ.get("CACHE_PAUSE_SECONDS", "10"))
TRIES = 3
# The part of a volume that is left free.
RESERVE = 0.05
FULL = "needs more than the {} bytes of the volume hold"
SETTINGS = {
    "safe.directory": "*",
    "gc.auto": "0",
    # Objects come in packs, whose checksums tell whether they are whole.
    "fetch.unpackLimit": "1",
    # A server that says nothing for a minute has hung.
    "http.lowSpeedLimit": "1",
    "http.lowSpeedTime": "60",
}
GIT = ["git", *(part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}"))]


class Failure(Exception):
    pass


def main(command, *arguments):
    os.umask(0o002)
    # Ends by an exception, so that what was begun is taken back.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    succeeded = {"fill": fill, "receive": receive, "status": status, "hold": hold}[command](*arguments)
    if command != "hold":
        say(volume={"bytes": shutil.disk_usage(CACHE).total, "free": shutil.disk_usage(CACHE).free})
    sys.exit(0 if succeeded else 1)


def fill(repositories):
    tidy()
    return all([attempt(one["name"], lambda: fill_one(**one)) for one in json.loads(repositories)])


def fill_one(name, url, branches=()):
    target = CACHE / name
    damage = damage_of(target) if target.exists() else None
    if target.exists() and damage is None:
        fetch(target, url, branches)
        return "updated"
    try:
        new = begin(name)
        fetch(new, url, branches)
    except Failure as failure:
        if damage is None:
            raise
        # A damaged copy makes clones fail that would only be slow without it.
        shutil.rmtree(target)
        raise Failure(f"{failure}; the former copy was damaged, and is removed") from None
    put(new, name)
    return "cloned" if damage is None else f"cloned anew, as the former copy was damaged: {damage}"


def receive(name, size):
    tidy()
    succeeded = attempt(name, lambda: receive_one(name, int(size)))
    OUTCOME.write_text(str(int(not succeeded)))
    return succeeded


def receive_one(name, size):
    if size > usable():
        raise Failure(f"needs {size} bytes, and {max(usable(), 0)} of the volume's {total()} can be used")
    new = begin(name)
    # git opens it by its name, which it can if it is a pipe.
    with subprocess.Popen(["cat"], stdin=sys.stdin.buffer, stdout=subprocess.PIPE) as arriving:
        lines = git(new, "bundle", "unbundle", "/dev/stdin", stdin=arriving.stdout).splitlines()
    refs = [line.split(" ", 1) for line in lines if " refs/" in line]
    moved = [(sha, ref.replace("refs/heads/", "refs/remotes/local/", 1)) for sha, ref in refs]
    with tempfile.TemporaryFile() as updates:
        updates.write("".join(f"update {ref} {sha}\\n" for sha, ref in moved).encode())
        updates.seek(0)
        git(new, "update-ref", "--stdin", stdin=updates)
    damage = damage_of(new)
    if damage is not None:
        raise Failure(f"what arrived is damaged: {damage}")
    target = CACHE / name
    if target.exists() and damage_of(target) is None:
        git(new, "fetch", "--quiet", str(target), "+refs/remotes/*:refs/remotes/former/*", "+refs/tags/*:refs/tags/*")
    put(new, name)
    return "received"


def status():
    for folder in sorted(CACHE.iterdir()):
        if folder.is_dir() and is_copy(folder):
            say(repository=folder.name, state="there", **measured(folder))
    return True


def hold():
    while not OUTCOME.exists():
        time.sleep(0.2)
    return OUTCOME.read_text() == "0"


def attempt(name, work):
    start = time.monotonic()
    say(repository=name, state="working")
    try:
        detail, state = work(), "done"
        os.utime(git_folder(CACHE / name) / "HEAD")
    except Failure as failure:
        detail, state = str(failure), "failed"
    finally:
        tidy()
    seconds = round(time.monotonic() - start, 1)
    folder = CACHE / name
    say(repository=name, state=state, detail=detail, seconds=seconds, **(measured(folder) if folder.exists() else {}))
    return state == "done"


def tidy():
    # What a run that was killed left behind. There is one run at a time, and nobody else writes here.
    for old in CACHE.glob(".old-*"):
        target = CACHE / old.name.removeprefix(".old-")
        shutil.rmtree(old) if target.exists() else old.rename(target)
    for new in CACHE.glob(".new-*"):
        shutil.rmtree(new)
    for copy in (folder for folder in CACHE.iterdir() if folder.is_dir() and is_copy(folder)):
        for left in [*git_folder(copy).glob("objects/pack/tmp_*"), *git_folder(copy).rglob("*.lock")]:
            left.unlink()


def begin(name):
    new = CACHE / f".new-{name}"
    git(CACHE, "init", "--quiet", "--bare", str(new))
    return new


def put(new, name):
    target, old = CACHE / name, CACHE / f".old-{name}"
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def fetch(folder, url, branches):
    heads = [f"+refs/heads/{name}:refs/remotes/origin/{name}" for name in branches or ["*"]]
    tags = [] if branches else ["+refs/tags/*:refs/tags/*"]
    for left in reversed(range(TRIES)):
        try:
            git(folder, "fetch", "--quiet", "--no-write-fetch-head", url, *heads, *tags)
            break
        except Failure:
            if left == 0 or usable() < 0:
                raise
            time.sleep(PAUSE_SECONDS)
    # Few packs instead of one for each fill; unlike gc, this drops nothing.
    git(folder, "repack", "-d", "-q", "--geometric=2")


def damage_of(folder):
    for pack in git_folder(folder).glob("objects/pack/*.pack"):
        if not is_whole(pack):
            return f"{pack.name} is not whole"
    try:
        git(folder, "fsck", "--connectivity-only", "--no-dangling", "--no-progress")
    except Failure as failure:
        return str(failure)
    return None


def is_whole(pack):
    # The last 20 bytes of a pack are the checksum of those before.
    digest, left = hashlib.sha1(), pack.stat().st_size - 20
    with pack.open("rb") as file:
        while left > 0 and (chunk := file.read(min(left, 1 << 20))):
            digest.update(chunk)
            left -= len(chunk)
        return digest.digest() == file.read()


def git(folder, *arguments, stdin=subprocess.DEVNULL):
    environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as written:
        process = subprocess.Popen(
            [*GIT, "-C", str(folder), *arguments],
            stdin=stdin,
            stdout=written,
            stderr=said,
            env=environment,
            start_new_session=True,
        )
        try:
            while process.poll() is None:
                if usable() < 0:
                    raise Failure(FULL.format(total()))
                time.sleep(0.05)
        finally:
            if process.poll() is None:
                # git leaves work to programs of its own.
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for file in (said, written):
            file.seek(0)
        if process.returncode != 0:
            lines = said.read().decode(errors="replace").strip().splitlines()
            if any("No space left on device" in line for line in lines):
                raise Failure(FULL.format(total()))
            reasons = [line for line in lines if line.startswith(("fatal: ", "error: "))] or lines
            raise Failure(reasons[0] if reasons else f"git {arguments[0]} ended with {process.returncode}")
        return written.read().decode(errors="replace")


def is_copy(folder):
    return not folder.name.startswith(".") and (git_folder(folder) / "HEAD").exists()


def git_folder(folder):
    # A copy that somebody made by hand has files beside its repository.
    return folder / ".git" if (folder / ".git").exists() else folder


def measured(folder):
    head = git_folder(folder) / "HEAD"
    updated = {"updated": int(head.stat().st_mtime)} if head.exists() else {}
    return {"bytes": sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir()), **updated}


def total():
    return shutil.disk_usage(CACHE).total


def usable():
    return int(shutil.disk_usage(CACHE).free - RESERVE * total())


def say(**line):
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
`;
}
