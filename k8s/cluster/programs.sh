#!/usr/bin/env bash
# The programs of the disposable cluster, built from Go modules into the cache: Kubernetes, its add-ons and the monitoring stack.
#   programs.sh           builds what is missing (needs Go and the Go module proxy), and prints the folder
#   programs.sh --where   prints the folder; exit code 1 when it is not complete
#   programs.sh --check   says why they cannot be built here (exit code 4); nothing when they can or are
#   programs.sh --fetch   downloads the modules, for building later
# The folder is keyed by the modules' checksums: the second time costs nothing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
modules=("$CLUSTER_DIR/go/cluster" "$CLUSTER_DIR/go/metrics-server")

# Prometheus finds its targets through Kubernetes or a file: the clients of twenty clouds are left out.
tags=remove_all_sd,enable_kubernetes_sd
version=-X=k8s.io/component-base/version
ldflags="-s -w $version.gitVersion=v$KUBERNETES_VERSION $version.gitMajor=1 $version.gitMinor=34 $version.gitTreeState=clean"
# A compiler that collects no garbage below 1.5 GiB and writes no debugging information needs a fifth less CPU.
export CGO_ENABLED=0 GOFLAGS='-mod=readonly -buildvcs=false' GOGC=off GOMEMLIMIT=1500MiB
build=(go build -v -tags "$tags" -trimpath -gcflags=all=-dwarf=false -ldflags "$ldflags")

key=$(cat "${modules[@]/%//go.mod}" "${modules[@]/%//go.sum}" "$CLUSTER_DIR"/go/*/*/*.go "${BASH_SOURCE[0]}" | sha256sum | cut -c1-16)
out=$PLIMSOLL_CACHE/programs-$key
built() { [ -e "$out/complete" ]; }

check() {
  local needed have
  needed=$(sed -n 's/^go //p' "${modules[@]/%//go.mod}" | sort -V | tail -n 1)
  command -v go >/dev/null || { echo "there is no go in PATH; Go $needed or newer is needed"; return 4; }
  have=$(cd / && go env GOVERSION); have=${have#go}; have=${have%%[!0-9.]*}
  printf '%s\n' "$needed" "$have" | sort -VC && return
  # From 1.21 on, Go fetches the version that a module needs, unless told not to.
  if printf '%s\n' 1.21 "$have" | sort -VC; then
    case $(go env GOTOOLCHAIN) in *auto|*path) return ;; esac
  fi
  echo "Go $needed or newer is needed, and $(command -v go) is Go $have (put a newer one first in PATH; Debian 12's own is too old)"
  return 4
}

# counted TOTAL: package names, as `go build -v` prints them, become "[n/TOTAL] name"; the rest passes.
counted() {
  local n=0 line
  while IFS= read -r line; do
    case $line in
      'go: downloading '*) echo "[$n/$1] ${line#go: }" ;;
      *[!A-Za-z0-9._~/-]*) echo "$line" ;;
      *) n=$((n + 1)); echo "[$n/$1] $line" ;;
    esac
  done
}

in_modules() { # COMMAND...: in one after the other
  local module
  for module in "${modules[@]}"; do (cd "$module" && "$@") || return; done
}
packages() { in_modules go list -tags "$tags" -deps tool | sort -u; }

case ${1:-} in
  --where) echo "$out"; built; exit ;;
  --check) built || check; exit ;;
  --fetch) built || packages >/dev/null; exit ;;
esac

echo "$out"
built && exit
why=$(check) || die "the cluster's programs cannot be built: $why"
mkdir -p "$out"
exec 9>"$out.lock"; flock 9            # two checkouts may share the cache
built && exit
total=$(packages | wc -l)
in_modules "${build[@]}" -o "$out/" tool 2>&1 | counted "$total" >&2
touch "$out/complete"
