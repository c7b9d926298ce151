#!/usr/bin/env bash
# Builds Packit's own images from the Containerfiles beside it, and pushes them. Workflows run it, logged in at $REGISTRY:
#   build.sh base                              what all of them lie over
#   build.sh dependencies IMAGE BRANCH SOURCE  what an image of packit-service has but for code, of a clone of that
#   build.sh image IMAGE BRANCH SOURCE         that image; what it lies over is built first if that has changed
set -euo pipefail

REGISTRY=${REGISTRY:-quay.io/packit}
here=$(dirname -- "${BASH_SOURCE[0]}")

refuse() {
  echo "$1" >&2
  exit 1
}

# IMAGE BRANCH SOURCE, checked.
take() {
  image=$1 branch=$2 source=$3
  case $image in
    packit-service) playbook=install-deps.yaml ;;
    packit-worker) playbook=install-deps-worker.yaml ;;
    *) refuse "There is no image \"$image\" here: packit-service or packit-worker." ;;
  esac
  case $branch in
    main) tags=(stg latest) ;;
    stable) tags=(prod) ;;
    *) refuse "Nothing runs images of the branch \"$branch\": main or stable." ;;
  esac
  dependencies=$(git -C "$source" ls-tree HEAD -- "files/$playbook" files/tasks | sha256sum)
  dependencies=${dependencies%% *}
}

# NAME CONTAINERFILE CONTEXT, and options of buildah. A list that a former run has left would be added to.
build() {
  buildah build --platform linux/amd64,linux/arm64 --manifest "$1-$$" --file "$here/$2.Containerfile" "${@:4}" -- "$3"
}

# NAME, and its tags.
push() {
  local tag
  for tag in "${@:2}"; do
    buildah manifest push --all -- "$1-$$" "docker://$REGISTRY/$1:$tag"
  done
}

build_base() {
  build base base "$here" --pull=always
  push base fedora latest
}

build_dependencies() {
  build "$image-base" dependencies "$source" --pull=always --from "$REGISTRY/base:fedora" \
    --build-arg "SOURCE_BRANCH=$branch" --build-arg "PLAYBOOK=$playbook" \
    --label "dev.packit.dependencies=$dependencies"
  push "$image-base" "${tags[0]}"
}

build_image() {
  local below="$REGISTRY/$image-base:${tags[0]}" built
  # One that is not there is as good as one of other dependencies.
  built=$(skopeo inspect --format '{{index .Labels "dev.packit.dependencies"}}' -- "docker://$below" || true)
  [ "$built" = "$dependencies" ] || build_dependencies
  build "$image" "$image" "$source" --pull=always --from "$below" --build-arg "SOURCE_BRANCH=$branch"
  push "$image" "${tags[@]}" "$branch-$(git -C "$source" rev-parse --short=7 HEAD)-$(date +%s)"
}

case ${1:-} in
  base) build_base ;;
  dependencies)
    take "$2" "$3" "$4"
    build_dependencies
    ;;
  image)
    take "$2" "$3" "$4"
    build_image
    ;;
  *) refuse "build.sh base | dependencies IMAGE BRANCH SOURCE | image IMAGE BRANCH SOURCE" ;;
esac
