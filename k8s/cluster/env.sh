# Names and places of the disposable cluster; sourced by the scripts beside it, by ./dev and by the tests.
# Every name below is the cluster's own, so that nothing of another cluster on the machine is touched.
CLUSTER_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PLIMSOLL_CACHE=${PLIMSOLL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/plimsoll}   # kept: programs, packages, images
STATE=${PLIMSOLL_STATE:-$PLIMSOLL_CACHE/cluster}                              # lives while the cluster does
NETNS=plimsoll            # network namespace of the node
HOST_LINK=plimsoll0       # the host's end of the cable to it
NODE_NAME=plimsoll-node
NODE_IP=10.213.255.1      # on the cable; no default route: nothing leaves the machine
HOST_IP=10.213.255.2
POD_CIDR=10.244.0.0/24
SERVICE_CIDR=10.96.0.0/16
DNS_IP=10.96.0.10
CGROUP_PARENT=plimsoll    # kubepods lives below it
KUBERNETES_VERSION=1.34.4
