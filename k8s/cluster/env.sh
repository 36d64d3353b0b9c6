# Names and places of the disposable cluster; sourced by the scripts beside it, by ./dev and by the tests.
# Every name is the cluster's own, so that nothing of another cluster on the machine is touched.
CLUSTER_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PLIMSOLL_CACHE=${PLIMSOLL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/plimsoll}   # kept: programs, packages, images
STATE=${PLIMSOLL_STATE:-$PLIMSOLL_CACHE/cluster}                              # lives while the cluster does
HOST_LINK=plimsoll0       # the host's end of the cable to the node's network namespace
NODE_LINK=node0
NODE_NAME=plimsoll-node
NODE_IP=10.213.255.1      # on the cable; the node has no default route: nothing leaves the machine
HOST_IP=10.213.255.2
POD_CIDR=10.244.0.0/24
SERVICE_CIDR=10.96.0.0/16
API_SERVICE_IP=10.96.0.1
DNS_IP=10.96.0.10
CGROUP=plimsoll           # the cgroup below which kubelet makes its own
KUBERNETES_VERSION=1.34.4
KUBECONFIG_FILE=$STATE/kubeconfig

say() { printf '    %s\n' "$*" >&2; }
die() { DOING=; printf 'cluster: %s\n' "$*" >&2; exit 4; }
# timed LABEL COMMAND...: says what was done and how long it took. A failure anywhere in it ends the script (set -e stays in
# force, as it would not behind `||`), and the trap says at what, with exit code 4.
timed() {
  local label=$1 started=$SECONDS; shift
  DOING=$label
  "$@"
  DOING=
  say "$label: $((SECONDS - started)) s"
}
DOING=
trap 'status=$?; if [ $status -ne 0 ] && [ -n "$DOING" ]; then printf "cluster: %s: failed; the logs are in %s\n" "$DOING" "$STATE/log" >&2; [ $status = 6 ] || exit 4; fi' EXIT
