status=0
state() { oc get --filename="$file" --ignore-not-found --output="jsonpath={.metadata.uid} {.status.conditions[?(@.status=='True')].type}"; }
remove() { until oc delete --filename="$file" --ignore-not-found --cascade=foreground; do sleep "$PAUSE_SECONDS"; done; file=; }
trap '[ -z "$file" ] || remove' EXIT
trap 'exit 143' TERM
for worker in "$@"; do
  for side in sandbox worker; do
    file="$FOLDER/$worker.$side.json"
    until state=$(state); do sleep "$PAUSE_SECONDS"; done
    if [ -n "$state" ] && ! [[ "$state" =~ Complete|Failed ]]; then
      echo "$worker, $side: somebody else is at work on it"; file=; status=1; break
    fi
    [ -z "$state" ] || oc delete --filename="$file" --ignore-not-found --cascade=foreground
    oc create --filename="$file" || { remove; status=1; break; }
    state=
    until [[ "$state" =~ Complete|Failed|lost ]]; do
      sleep "$PAUSE_SECONDS"
      # No answer is not the Job's end; no Job is.
      state=$(state) && state=${state:-lost}
    done
    remove
    echo "$worker, $side: $state"
    case "$state" in *Complete*) ;; *) status=1; break ;; esac
  done
done
exit $status
