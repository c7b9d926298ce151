"""Back the database up to S3 (backup), or fill an empty one from the newest backup (restore)."""

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

import boto3

BUCKET = os.environ["BACKUP_BUCKET"]
PREFIX = os.environ["BACKUP_PREFIX"]
KEEP = int(os.environ["BACKUP_KEEP"])
# Since version 17, pg_dump writes a setting that older servers do not know.
UNKNOWN_TO_OLDER_SERVERS = b"SET transaction_timeout = 0;"


def main(command):
    s3 = boto3.client("s3", endpoint_url=os.environ.get("BACKUP_ENDPOINT") or None)
    with tempfile.TemporaryDirectory() as folder:
        {"backup": backup, "restore": restore}[command](s3, Path(folder))


def backup(s3, folder):
    dump = folder / "dump.sql"
    run("pg_dump", "--no-owner", "--no-privileges", f"--file={dump}")
    packed = folder / "dump.sql.gz"
    with dump.open("rb") as source, gzip.open(packed, "wb") as target:
        shutil.copyfileobj(source, target)
    name = f"{PREFIX}/{datetime.now(timezone.utc):%Y-%m-%dT%H-%M-%S.%fZ}.sql.gz"
    s3.upload_file(str(packed), BUCKET, name)
    stored = s3.head_object(Bucket=BUCKET, Key=name)["ContentLength"]
    if stored != packed.stat().st_size:
        sys.exit(f"s3://{BUCKET}/{name} has {stored} bytes, not {packed.stat().st_size}")
    print(f"Backed up to s3://{BUCKET}/{name}, {stored} bytes")
    for old in backups(s3)[:-KEEP]:
        s3.delete_object(Bucket=BUCKET, Key=old)
        print(f"Deleted s3://{BUCKET}/{old}, as {KEEP} are kept")


def restore(s3, folder):
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    if query(tables) != "0":
        sys.exit("The database is not empty. Nothing was restored.")
    names = backups(s3)
    name = os.environ.get("BACKUP_NAME") or (names[-1] if names else None)
    if name is None:
        sys.exit(f"There is no backup at s3://{BUCKET}/{PREFIX}/")
    packed = folder / "dump.sql.gz"
    s3.download_file(BUCKET, name, str(packed))
    dump = folder / "dump.sql"
    with gzip.open(packed, "rb") as source, dump.open("wb") as target:
        target.writelines(line for line in source if line.strip() != UNKNOWN_TO_OLDER_SERVERS)
    run("psql", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", f"--file={dump}")
    print(f"Restored s3://{BUCKET}/{name}: {query(tables)} tables")


def backups(s3):
    # Without a delimiter, those of a longer prefix that begins with this one would be found, and deleted, too.
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{PREFIX}/", Delimiter="/")
    names = [item["Key"] for page in pages for item in page.get("Contents", [])]
    return sorted(name for name in names if name.endswith(".sql.gz"))


def query(sql):
    return run("psql", "--tuples-only", "--no-align", f"--command={sql}").strip()


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=client()).stdout


def client():
    names = {"PGHOST": "HOST", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "DATABASE"}
    return {**os.environ, **{name: os.environ[f"POSTGRESQL_{key}"] for name, key in names.items()}}


if __name__ == "__main__":
    main(sys.argv[1])
