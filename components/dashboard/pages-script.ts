/** Where the dashboard's image has the built page. */
export const DASHBOARD_PAGES = "/src/frontend/dist";

/** Where the page finds the instances that it may offer, below what is served. */
const CONTEXTS_FILE = "assets/contexts.json";

/**
 * Copies the built page and points it at another API, whose address is built into it. CONTEXTS is a list of names and
 * API addresses: the page calls the first, and finds all of them in a file, should it let its reader choose.
 */
export function dashboardPagesScript(): string {
  return `import json
import os
import pathlib
import re
import sys

BUILT_IN = re.compile(rb"https://(?:prod|stg)\\.packit\\.dev/api")

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
(target / "${CONTEXTS_FILE}").write_text(json.dumps(contexts))
print(f"{changed} files of the page call {contexts[0]['apiUrl']}")
`;
}
