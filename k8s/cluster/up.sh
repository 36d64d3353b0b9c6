#!/usr/bin/env bash
# Starts the disposable single-node Kubernetes and its add-ons, or finds it running; prints the kubeconfig's path.
# Idempotent; a half-started earlier try is taken down first. Needs root.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/env.sh"; . "$here/namespace.sh"; . "$here/pki.sh"; . "$here/config.sh"

check_machine() {
  [ "$(id -u)" = 0 ] || die "the disposable cluster needs root: run with sudo, or use a cluster of yours with --context NAME"
  local tool
  for tool in ip iptables conntrack nsenter unshare openssl apt-get; do
    command -v $tool >/dev/null || die "$tool is missing: run ./dev setup, or use a cluster of yours with --context NAME"
  done
  # kubectl exec would look for its program below the machine's root: runc enters the mount namespace, and that leaves a chroot
  if ischroot; then die "this is a chroot, where kubectl exec cannot work: use a container or a machine with a root of its own, or a cluster of yours with --context NAME"; fi
  unshare --mount --pid --net --fork true 2>/dev/null || die "namespaces are not allowed here (a container without privileges?): use a cluster of yours with --context NAME"
  grep -qw overlay /proc/filesystems || die "this kernel has no overlay file system: use a cluster of yours with --context NAME"
  if ip -o addr | grep -v " $HOST_LINK " | grep -q " 10\.213\.255\."; then die "the addresses 10.213.255.0/30 are in use on this machine"; fi
}

start_node() {
  rm -rf "$STATE"; mkdir -p "$STATE/log"
  PATH=$PROGRAMS:$PATH make_pki
  write_config
  make_cgroup
  # A session of its own: Ctrl-C at the terminal must not reach it.
  setsid unshare --mount --pid --net --fork --mount-proc --kill-child \
    bash "$here/node.sh" plimsoll-node "$here" "$STATE" "$PACKAGES" "$PROGRAMS" >"$STATE/log/node.log" 2>&1 </dev/null &
  local pid=
  for _ in $(seq 100); do pid=$(node_init); [ -n "$pid" ] && break; sleep 0.05; done
  [ -n "$pid" ] || die "the node's namespaces did not start: $(tail -n 1 "$STATE/log/node.log")"
  ip link delete $HOST_LINK 2>/dev/null || true
  ip link add $HOST_LINK type veth peer name $NODE_LINK netns "$pid"
  ip addr add $HOST_IP/30 dev $HOST_LINK; ip link set $HOST_LINK up
}

wait_for() { # SECONDS COMMAND...: until it succeeds
  local limit=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ -n "$(node_init)" ] && [ $SECONDS -lt $limit ] || return 1
    sleep 0.3
  done
}

node_ready() { kubectl get node $NODE_NAME | grep -q ' Ready'; }
# One after the other: containerd unpacks one image with all it has.
import_images() {
  local image
  for image in "$IMAGES"/*.tar; do
    in_node ctr -a /run/containerd/containerd.sock -n k8s.io images import "$image" >/dev/null || return 1
  done
}
apply() { kubectl kustomize "$1" | kubectl apply --server-side --force-conflicts -f - >/dev/null; }
apply_addons() {
  apply "$here/addons" && apply "$here/../monitoring/overlays/disposable"
}
addons_ready() {
  local namespace
  for namespace in kube-system monitoring; do
    kubectl -n $namespace rollout status deployment --timeout=120s >/dev/null || return 1
  done
  wait_for 60 kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes
}

check_machine
mkdir -p "$PLIMSOLL_CACHE"
exec 8>"$PLIMSOLL_CACHE/up.lock"; flock 8
PACKAGES=$("$here/packages.sh"); PROGRAMS=$("$here/programs.sh")
IMAGES=${IMAGES:-$PLIMSOLL_CACHE/images}
export KUBECONFIG=$KUBECONFIG_FILE
PATH=$PROGRAMS:$PATH

if ! { [ -n "$(node_init)" ] && [ -e "$STATE/started" ] && node_ready 2>/dev/null; }; then
  take_down >/dev/null
  timed "node started" start_node 8>&-
  timed "API server answers, node Ready" wait_for 90 node_ready
fi
timed "images imported" import_images
timed "add-ons applied" apply_addons
timed "add-ons Ready" addons_ready
echo "$KUBECONFIG_FILE"
