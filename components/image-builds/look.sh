# Starts the builds whose sources have new commits. Arguments, three for each BuildConfig: its name, the one that it lies
# over, and its sources with commas between, repositories or REPOSITORY:PATH. The commits that were seen stay on the
# BuildConfig. Where none were, they are only noted: OpenShift starts the first build by itself. So it does once the one
# below is built anew.
declare -A commits started
status=0

commit() {
  [ -z "${commits[$1]:-}" ] || return 0
  local repository=${1%%:*} query answer
  query=(--data-urlencode "sha=$BRANCH" --data per_page=1)
  [ "$repository" = "$1" ] || query+=(--data-urlencode "path=${1#*:}")
  answer=$(curl --fail --silent --show-error --max-time 30 --get "${query[@]}" -- "$GITHUB/repos/packit/$repository/commits") || return 1
  [[ $answer =~ \"sha\":[[:space:]]*\"([0-9a-f]{40})\" ]] || return 1
  commits[$1]=${BASH_REMATCH[1]}
}

while [ $# -gt 0 ]; do
  config=$1 below=$2
  IFS=, read -ra sources <<< "$3"
  shift 3
  now=
  for source in "${sources[@]}"; do
    if ! commit "$source"; then
      echo "$config: GitHub does not tell the newest commit of $source on $BRANCH" >&2
      status=1
      continue 2
    fi
    now+="${now:+ }$source=${commits[$source]}"
  done
  before=$(oc get -n "$NAMESPACE" -o 'jsonpath={.metadata.annotations.packit\.dev/sources}' -- buildconfig "$config") || { status=1; continue; }
  [ "$now" != "$before" ] || continue
  if [ -n "$before" ]; then
    [ -n "${started[$below]:-}" ] || oc start-build -n "$NAMESPACE" -- "$config" || { status=1; continue; }
    started[$config]=yes
  fi
  oc annotate -n "$NAMESPACE" --overwrite -- buildconfig "$config" "packit.dev/sources=$now" || status=1
done
exit $status
