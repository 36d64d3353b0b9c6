# The life of the node's namespaces: found, entered, ended. Sourced by up.sh, down.sh and status.sh.

# The node's process 1 as this machine sees it: node.sh, started with our state folder. Found in /proc and not in a
# pid file, so that a lost or stale file changes nothing. Prints nothing when there is none.
node_pids() {
  # node.sh's words: its mark and our state folder. The waiting `unshare` and the process 1 that it made carry both.
  grep -lzsxF plimsoll-node /proc/[0-9]*/cmdline | xargs -r grep -lzsxF -- "$STATE" | grep -o '[0-9]\+' || true
}

node_init() { # the one that is process 1 of its PID namespace
  local pid
  for pid in $(node_pids); do
    if grep -qsE '^NSpid:(\s[0-9]+)+\s1$' "/proc/$pid/status"; then echo "$pid"; return; fi
  done
}

# The folder of programs that the running node was started with: the last word of its command.
node_programs() { tr '\0' '\n' <"/proc/$1/cmdline" | tail -n 1; }

in_node() { # COMMAND...: runs it inside the node's namespaces
  local pid; pid=$(node_init)
  [ -n "$pid" ] || { echo "cluster: it is not running" >&2; return 4; }
  nsenter --target "$pid" --mount --net --pid -- env PATH="$PROGRAMS:$PACKAGES/usr/bin:$PACKAGES/usr/sbin:$PATH" "$@"
}

cgroup_folders() { # every folder of ours in every cgroup hierarchy, deepest first (v1 and v2)
  find /sys/fs/cgroup/"$CGROUP" /sys/fs/cgroup/*/"$CGROUP" -depth -type d 2>/dev/null
}

# A share for each CPU, as kubelet gives its pods: without it, all pods together would weigh as one process of the machine.
make_cgroup() {
  local hierarchy
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    sed 's/\([a-z]\+\)/+\1/g' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
    mkdir -p /sys/fs/cgroup/$CGROUP
    echo $((100 * $(nproc))) >/sys/fs/cgroup/$CGROUP/cpu.weight
  else
    for hierarchy in /sys/fs/cgroup/*/; do
      case $hierarchy in */unified/) ;; *) mkdir -p "$hierarchy$CGROUP" ;; esac
    done
    echo $((1024 * $(nproc))) >/sys/fs/cgroup/cpu/$CGROUP/cpu.shares
    # a new cpuset admits no process until it has CPUs and memory nodes
    local cpuset=/sys/fs/cgroup/cpuset
    if [ -d $cpuset/$CGROUP ]; then
      cat $cpuset/cpuset.cpus >$cpuset/$CGROUP/cpuset.cpus; cat $cpuset/cpuset.mems >$cpuset/$CGROUP/cpuset.mems
    fi
  fi
}

# Ends everything and leaves nothing: processes (with their namespaces: mounts and network too), cable, cgroups, state.
take_down() {
  local pid folder
  for pid in $(node_pids); do kill -KILL "$pid" 2>/dev/null || true; done
  for _ in $(seq 100); do [ -z "$(node_pids)" ] && break; sleep 0.1; done
  [ -z "$(node_pids)" ] || { echo "cluster: processes $(node_pids | xargs) did not end" >&2; return 6; }
  ip link delete $HOST_LINK 2>/dev/null || true
  for _ in $(seq 100); do     # the kernel may still be ending the last pods
    for folder in $(cgroup_folders); do rmdir "$folder" 2>/dev/null || true; done
    [ -z "$(cgroup_folders)" ] && break; sleep 0.1
  done
  [ -z "$(cgroup_folders)" ] || { echo "cluster: these cgroups are still in use: $(cgroup_folders | xargs)" >&2; return 6; }
  rm -rf "$STATE"
}
