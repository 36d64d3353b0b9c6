#!/usr/bin/env bash
# Stops the disposable cluster and leaves nothing of it: no process, mount, network, cgroup or state. The cache stays.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/env.sh"; . "$here/namespace.sh"
[ "$(id -u)" = 0 ] || die "stopping the disposable cluster needs root"
timed "cluster stopped" take_down
