#!/usr/bin/env bash
# Makes the images without a builder: build.sh OUT_DIR [IMAGE...]
# Ours (target, loadgen, plimsoll, pause) come from PLIMSOLL_BIN (default build/bin) by way of their Dockerfiles' final stage;
# the cluster's add-ons come from the folder PROGRAMS and are left out when that is not set. Without IMAGE: all of them.
# Each is OUT_DIR/IMAGE.tar, named docker.io/plimsoll/IMAGE:dev, for `ctr -n k8s.io images import`; unchanged ones are not made again.
# IMAGE_PREFIX and IMAGE_TAG change the name. Prints a line an image: name, size, file, packed or unchanged.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=${PLIMSOLL_BIN:-$here/../../build/bin}
prefix=${IMAGE_PREFIX:-docker.io/plimsoll} tag=${IMAGE_TAG:-dev}
ours="target loadgen plimsoll" addons="coredns metrics-server kube-state-metrics prometheus alertmanager"
die() { echo "build.sh: $*" >&2; exit 2; }
[ $# -ge 1 ] || die "usage: build.sh OUT_DIR [IMAGE...]"
out=$1; shift
[ $# -gt 0 ] || set -- pause $ours ${PROGRAMS:+$addons}
mkdir -p "$out"
scratch=$(mktemp -d); trap 'rm -rf "$scratch"' EXIT

listed() { case " $2 " in *" $1 "*) ;; *) return 1 ;; esac; }

for image in "$@"; do
  named=(--name "$prefix/$image:$tag" --out "$out/$image.tar")
  if listed "$image" "$ours"; then
    "$here/rootfs.sh" "$image" "$bin" "$scratch/$image"
    "$here/pack.py" --dockerfile "$here/$image.Dockerfile" --rootfs "$scratch/$image" "${named[@]}"
  elif listed "$image" "$addons"; then
    [ -n "${PROGRAMS:-}" ] || die "$image needs PROGRAMS, the folder that holds the program"
    "$here/pack.py" --program "$PROGRAMS/$image" "${named[@]}"
  elif [ "$image" = pause ]; then
    program=$out/pause.program/pause   # kept: a newly compiled one would look changed
    mkdir -p "${program%/*}"
    [ "$program" -nt "$here/pause.c" ] || cc -Os -static -s -Wall -Wextra -Werror -o "$program" "$here/pause.c"
    "$here/pack.py" --program "$program" --user 65535:65535 "${named[@]}"
  else
    die "no image is called $image: pause $ours $addons"
  fi
done
