#!/usr/bin/env bash
# Builds Kubernetes, its add-ons and the monitoring stack from Go modules into the cache; prints the folder of programs.
# Keyed by the modules' checksums: the second time costs nothing. Needs Go and the Go module proxy.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

version=-X=k8s.io/component-base/version
ldflags="-s -w $version.gitVersion=v$KUBERNETES_VERSION $version.gitMajor=1 $version.gitMinor=34 $version.gitTreeState=clean"

key=$(cat "$CLUSTER_DIR"/go/*/go.mod "$CLUSTER_DIR"/go/*/go.sum "${BASH_SOURCE[0]}" | sha256sum | cut -c1-16)
out=$PLIMSOLL_CACHE/programs-$key
echo "$out"
[ -e "$out/complete" ] && exit 0
command -v go >/dev/null || { echo "programs.sh: Go is not installed: it is needed to build Kubernetes (or use --context with a cluster of yours)" >&2; exit 4; }

mkdir -p "$out"
exec 9>"$out.lock"; flock 9            # two checkouts may share the cache
[ -e "$out/complete" ] && exit 0
for module in kubernetes metrics-server prometheus alertmanager; do
  started=$SECONDS
  echo "    building $module from its Go module (once; minutes) ..." >&2
  (cd "$CLUSTER_DIR/go/$module" && GOFLAGS=-mod=readonly CGO_ENABLED=0 go build -trimpath -ldflags "$ldflags" -o "$out/" tool) >&2
  echo "    built $module in $((SECONDS - started)) s" >&2
done
touch "$out/complete"
