status=0
for stream in "$@"; do
  oc import-image -- "$stream" || status=1
  if [ "${stream%:*}" = packit-service ]; then
    sleep 30
    oc rollout status deployment/packit-service --timeout=20m || exit 1
  fi
done
exit $status
