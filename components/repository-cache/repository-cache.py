"""Keep the git repositories of a cache volume: fill, receive and status; hold waits for receive.

A reader never meets half a repository. A new one grows in a hidden folder and is renamed; to an old one git adds the
objects before the branches that need them. What a clone may have borrowed is never dropped.
"""

import hashlib
import json
import os
import re
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
SAID_EVERY_SECONDS = 10
# A folder's name can be nothing that leads elsewhere.
NAME = re.compile(r"[A-Za-z0-9~_][A-Za-z0-9._+~-]*")
# The part of a volume that is left free.
RESERVE = 0.05
SETTINGS = {
    "safe.directory": "*",
    "gc.auto": "0",
    # Objects come in packs, whose checksums tell whether they are whole.
    "fetch.unpackLimit": "1",
    # It would have as many as the node has processors, and memory for each.
    "pack.threads": "1",
    # A server that says nothing for a minute has hung.
    "http.lowSpeedLimit": "1",
    "http.lowSpeedTime": "60",
}
GIT = ["git", *(part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}"))]


class Failure(Exception):
    pass


class Ended(Failure):
    """A git that ended by itself, and says that something is wrong."""


def main(command, *arguments):
    os.umask(0o002)
    # Ends by an exception, so that what was begun is taken back.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    succeeded = {"fill": fill, "receive": receive, "status": status, "hold": hold}[command](*arguments)
    if command != "hold":
        # Whoever reads it knows by the number of lines that none is missing.
        room = shutil.disk_usage(CACHE)
        say(volume={"bytes": room.total, "free": room.free}, lines=said_lines)
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
    if damage is not None:
        # It makes clones fail that are only slow without it.
        shutil.rmtree(target)
    try:
        new = begin(name)
        fetch(new, url, branches)
    except Failure as failure:
        raise Failure(f"{failure}; the former copy was damaged, and is removed") if damage else failure
    put(new, name)
    return "cloned" if damage is None else f"cloned anew, as the former copy was damaged: {damage}"


def receive(name, size):
    tidy()
    succeeded = False
    try:
        succeeded = attempt(name, lambda: receive_one(name, int(size)))
    finally:
        written = OUTCOME.with_name(f"{OUTCOME.name}.new")
        written.write_text(str(int(not succeeded)))
        written.rename(OUTCOME)
    return succeeded


def receive_one(name, size):
    if size > usable():
        raise Failure(f"needs {size} bytes, and {max(usable(), 0)} of the volume's {total()} can be used")
    new = begin(name)
    # git opens it by its name, which it can if it is a pipe.
    with subprocess.Popen(["cat"], stdin=sys.stdin.buffer, stdout=subprocess.PIPE) as arriving:
        lines = git(new, "bundle", "unbundle", "/dev/stdin", stdin=arriving.stdout).splitlines()
    # No branch is checked out here, and no remote of the sender's has this name.
    refs = {ref.replace("refs/heads/", "refs/received/", 1): sha for sha, ref in map(parted, lines) if ref}
    with tempfile.TemporaryFile() as updates:
        updates.write("".join(f"update {ref} {sha}\n" for ref, sha in refs.items()).encode())
        updates.seek(0)
        git(new, "update-ref", "--stdin", stdin=updates)
    damage = damage_of(new)
    if damage is not None:
        raise Failure(f"what arrived is damaged: {damage}")
    if (CACHE / name).exists():
        lend_objects(git_folder(CACHE / name) / "objects", new / "objects")
    put(new, name)
    return "received"


def parted(line):
    sha, _, ref = line.partition(" ")
    return sha, ref if ref.startswith("refs/") else None


def lend_objects(former, objects):
    # What clones have borrowed of the former copy, named by a branch or not. Links take no room.
    for path in [*former.glob("pack/pack-*"), *former.glob("[0-9a-f][0-9a-f]/*")]:
        target = objects / path.relative_to(former)
        target.parent.mkdir(exist_ok=True)
        if not target.exists():
            os.link(path, target)


def status():
    for folder in sorted(CACHE.iterdir()):
        if folder.is_dir() and is_copy(folder):
            say(repository=folder.name, state="there", **measured(folder))
    return True


def hold():
    try:
        while not OUTCOME.exists():
            time.sleep(0.2)
        return OUTCOME.read_text() == "0"
    finally:
        tidy()


def attempt(name, work):
    start, free = time.monotonic(), shutil.disk_usage(CACHE).free
    say(repository=name, state="working")
    global progress
    progress = lambda: {"repository": name, "seconds": round(time.monotonic() - start, 1), "freeBefore": free}
    try:
        if not NAME.fullmatch(name):
            raise Failure("its name can be no folder's")
        detail, state = work(), "done"
        os.utime(git_folder(CACHE / name) / "HEAD")
    except (Failure, OSError) as failure:
        detail, state = str(failure), "failed"
    finally:
        tidy()
    seconds = round(time.monotonic() - start, 1)
    known = measured(CACHE / name) if NAME.fullmatch(name) and (CACHE / name).exists() else {}
    say(repository=name, state=state, detail=detail, seconds=seconds, **known)
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
    git(CACHE, "init", "--quiet", "--bare", "--", str(new))
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
            git(folder, "fetch", "--quiet", "--no-write-fetch-head", "--", url, *heads, *tags)
            break
        except Ended:
            if left == 0:
                raise
            time.sleep(PAUSE_SECONDS)
    # Few packs instead of one for each fill; unlike gc, this drops nothing.
    git(folder, "repack", "-d", "-q", "--geometric=2")


def damage_of(folder):
    if (git_folder(folder) / "shallow").exists() or [*git_folder(folder).glob("objects/pack/*.promisor")]:
        return "it is shallow or partial, and cannot be borrowed from"
    for pack in git_folder(folder).glob("objects/pack/*.pack"):
        if not is_whole(pack):
            return f"{pack.name} is not whole"
    try:
        git(folder, "fsck", "--connectivity-only", "--no-dangling", "--no-progress", writes=False)
    except Ended as end:
        return str(end)
    return None


def is_whole(pack):
    # The last 20 bytes of a pack are the checksum of those before.
    digest, left = hashlib.sha1(), pack.stat().st_size - 20
    with pack.open("rb") as file:
        while left > 0 and (chunk := file.read(min(left, 1 << 20))):
            digest.update(chunk)
            left -= len(chunk)
        return digest.digest() == file.read()


def git(folder, *arguments, stdin=subprocess.DEVNULL, writes=True):
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
            said_at = time.monotonic()
            while process.poll() is None:
                if writes and usable() < 0:
                    raise full()
                if time.monotonic() - said_at > SAID_EVERY_SECONDS:
                    said_at = time.monotonic()
                    say_progress()
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
                raise full()
            if process.returncode < 0:
                raise Failure(f"git {arguments[0]} was killed by signal {-process.returncode}, for want of memory perhaps")
            reasons = [line for line in lines if line.startswith(("fatal: ", "error: "))] or lines
            raise Ended(reasons[0] if reasons else f"git {arguments[0]} ended with {process.returncode}")
        return written.read().decode(errors="replace")


def full():
    free = shutil.disk_usage(CACHE).free
    return Failure(f"the volume is full: {free} of its {total()} bytes are free, and {int(RESERVE * total())} are kept so")


progress = dict


def say_progress():
    known = progress()
    if known:
        used = known.pop("freeBefore") - shutil.disk_usage(CACHE).free
        say(state="working", bytes=max(0, used), **known)


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


said_lines = 0


def say(**line):
    global said_lines
    print(json.dumps(line), flush=True)
    said_lines += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
