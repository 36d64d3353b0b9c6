#!/usr/bin/env bash
# The node: process 1 of a PID, mount and network namespace of its own, in which every part of the cluster runs.
# That is what makes `down` certain: when this process ends, the kernel ends every process of the cluster, and its
# mounts and network go with the namespaces, whatever was killed before. Started by up.sh; never run by hand.
set -euo pipefail
# node.sh plimsoll-node CLUSTER_DIR STATE PACKAGES PROGRAMS (the first word marks the process, see namespace.sh)
. "$2/env.sh"; STATE=$3 PACKAGES=$4 PROGRAMS=$5
export PATH=$PROGRAMS:$PACKAGES/usr/bin:$PACKAGES/usr/sbin:/usr/sbin:/usr/bin:/sbin:/bin

# Own /run, /var/lib/cni and the like: containerd, CNI and kubelet write to fixed places there.
private_mounts() {
  mount --make-rshared /
  mount -t tmpfs -o mode=755 plimsoll /run
  for folder in /var/lib/cni /var/lib/kubelet /var/log; do
    if [ -d $folder ]; then mount -t tmpfs -o mode=755 plimsoll $folder; fi
  done
  # kubelet sets these for the whole machine (vm.overcommit_memory 0 -> 1, kernel.panic 0 -> 10 ...). Here it gets copies to
  # write to, and the rest of /proc/sys is read-only but for net.*, which belongs to the network namespace.
  local tunable
  mount --bind /proc/sys/net /proc/sys/net
  mount --rbind /proc/sys /proc/sys
  for tunable in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
    mkdir -p "/run/tunables/${tunable%/*}"; cat "/proc/sys/$tunable" >"/run/tunables/$tunable"
    mount --bind "/run/tunables/$tunable" "/proc/sys/$tunable"
  done
  mount -o remount,ro,bind /proc/sys
}

network() {
  ip link set lo up
  for _ in $(seq 100); do ip link show $NODE_LINK >/dev/null 2>&1 && break; sleep 0.05; done  # up.sh plugs it in
  ip addr add $NODE_IP/30 dev $NODE_LINK; ip link set $NODE_LINK up
  ip route add $SERVICE_CIDR dev $NODE_LINK      # services need some route before their DNAT
  echo 1 >/proc/sys/net/ipv4/ip_forward
}

start() { # NAME COMMAND...: in the background, its words in log/NAME.log, its pid (in here) in NAME.pid
  local name=$1; shift
  "$@" >"$STATE/log/$name.log" 2>&1 </dev/null &
  echo $! >"$STATE/$name.pid"
}

control_plane() {
  local pki=$STATE/pki
  start etcd etcd --data-dir "$STATE/etcd" --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380 --unsafe-no-fsync
  start kube-apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 --advertise-address=$NODE_IP --secure-port=6443 \
    --tls-cert-file=$pki/apiserver.crt --tls-private-key-file=$pki/apiserver.key --client-ca-file=$pki/ca.crt \
    --service-account-issuer=https://kubernetes.default.svc --service-account-signing-key-file=$pki/sa.key --service-account-key-file=$pki/sa.pub \
    --authorization-mode=Node,RBAC --service-cluster-ip-range=$SERVICE_CIDR --allow-privileged \
    --kubelet-preferred-address-types=InternalIP --kubelet-client-certificate=$pki/apiserver-kubelet.crt --kubelet-client-key=$pki/apiserver-kubelet.key \
    --requestheader-client-ca-file=$pki/front-proxy-ca.crt --requestheader-allowed-names=front-proxy-client --requestheader-username-headers=X-Remote-User \
    --requestheader-group-headers=X-Remote-Group --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --proxy-client-cert-file=$pki/front-proxy.crt --proxy-client-key-file=$pki/front-proxy.key --enable-aggregator-routing=true
  until kubectl --kubeconfig="$KUBECONFIG_FILE" get --raw /readyz >/dev/null 2>&1; do sleep 0.3; done
  # Upstream's default HPA sync (15 s) stays.
  start kube-controller-manager kube-controller-manager --kubeconfig="$STATE/controller-manager.conf" --use-service-account-credentials \
    --service-account-private-key-file=$pki/sa.key --root-ca-file=$pki/ca.crt --cluster-signing-cert-file=$pki/ca.crt \
    --cluster-signing-key-file=$pki/ca.key --leader-elect=false
  start kube-scheduler kube-scheduler --kubeconfig="$STATE/scheduler.conf" --leader-elect=false
}

node() {
  # --containerd: cAdvisor looks for a socket of its own, and without it the container labels are empty.
  start kubelet kubelet --config="$STATE/kubelet.yaml" --kubeconfig="$STATE/kubelet.conf" --hostname-override=$NODE_NAME --node-ip=$NODE_IP \
    --root-dir="$STATE/kubelet" --cert-dir="$STATE/kubelet-certs" --housekeeping-interval=5s --containerd=/run/containerd/containerd.sock
  start kube-proxy kube-proxy --config="$STATE/kube-proxy.yaml"
}

private_mounts
network
start containerd containerd --config "$STATE/containerd.toml"
control_plane
node
touch "$STATE/started"
# Reaps whatever ends. SIGTERM (down) ends this process and with it the namespace.
trap 'exit 0' TERM
while true; do sleep 3600 & wait $! || true; done
