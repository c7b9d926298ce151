import json
import os
import pathlib
import re
import sys

BUILT_IN = re.compile(rb"https://(?:prod|stg)\.packit\.dev/api")

source, target = map(pathlib.Path, sys.argv[1:])
contexts = json.loads(os.environ["CONTEXTS"])
api = contexts[0]["apiUrl"].encode()

changed = 0
for path in filter(pathlib.Path.is_file, source.rglob("*")):
    content, calls = BUILT_IN.subn(lambda _: api, path.read_bytes())
    copy = target / path.relative_to(source)
    # The volume is another user's: nothing but contents can be copied.
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(content)
    changed += calls > 0
if changed == 0:
    sys.exit("The built page names no API, so it cannot be pointed at another one.")
(target / "assets/contexts.json").write_text(json.dumps(contexts))
print(f"{changed} files of the page call {contexts[0]['apiUrl']}")
