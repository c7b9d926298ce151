# Starts the builds whose sources have new commits, and those that failed. Arguments, three for each BuildConfig, after
# those of the one below it: its name, the one below, and its sources with commas between, repositories or REPOSITORY:PATH.
# The commits with which each was started last are notes on a ConfigMap. Where there is no note, OpenShift starts the first
# build by itself; and so it does after each build of the one below.
declare -A commits notes phases unsettled
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

# shellcheck disable=SC2016 # They are variables of the template.
template='{{range $key, $note := .metadata.annotations}}{{$key}} {{$note}}{{"\n"}}{{end}}'
table=$(oc get -n "$NAMESPACE" -o "go-template=$template" -- configmap "$CONFIG_MAP") || exit 1
while read -r key note; do
  [[ $key != "$PREFIX"* ]] || notes[${key#"$PREFIX"}]=$note
done <<< "$table"
# The oldest first, so that the newest of each is what stays.
template='{{range .items}}{{with .metadata.labels}}{{index . "openshift.io/build-config.name"}}{{end}} {{.status.phase}}{{"\n"}}{{end}}'
table=$(oc get -n "$NAMESPACE" --sort-by=.metadata.creationTimestamp -o "go-template=$template" -- builds) || exit 1
while read -r config phase; do
  [ -z "$config" ] || phases[$config]=$phase
done <<< "$table"

while [ $# -gt 0 ]; do
  config=$1 below=$2
  IFS=, read -ra sources <<< "$3"
  shift 3
  phase=${phases[$config]:-}
  case ${unsettled[$below]:-}$phase in
    yes* | New | Pending | Running)
      unsettled[$config]=yes
      continue
      ;;
  esac
  now=
  for source in "${sources[@]}"; do
    if ! commit "$source"; then
      echo "$config: GitHub does not tell the newest commit of $source on $BRANCH" >&2
      status=1 unsettled[$config]=yes
      continue 2
    fi
    now+="${now:+ }$source=${commits[$source]}"
  done
  before=${notes[$config]:-}
  if [ "$phase" = Failed ] || [ "$phase" = Error ] || { [ -n "$before" ] && [ "$now" != "$before" ]; }; then
    unsettled[$config]=yes
    oc start-build -n "$NAMESPACE" -- "$config" || { status=1; continue; }
  fi
  [ "$now" = "$before" ] || oc annotate -n "$NAMESPACE" --overwrite -- configmap "$CONFIG_MAP" "$PREFIX$config=$now" || status=1
done
exit $status
