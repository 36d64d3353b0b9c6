#!/usr/bin/env bash
# Says whether the disposable cluster runs, and how its parts are; builds nothing. Exit 0: running and Ready; 4: not.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/env.sh"; . "$here/namespace.sh"
pid=$(node_init)
[ -n "$pid" ] || { echo "not running (./dev cluster up starts it)"; exit 4; }
PROGRAMS=$(node_programs "$pid")
echo "running: process $pid, state in $STATE, kubeconfig $KUBECONFIG_FILE"
for file in "$STATE"/*.pid; do
  name=$(basename "$file" .pid)
  if nsenter --target "$pid" --pid --mount kill -0 "$(cat "$file")" 2>/dev/null; then state=up; else state="down (see $STATE/log/$name.log)"; fi
  printf '  %-24s %s\n' "$name" "$state"
done
export KUBECONFIG=$KUBECONFIG_FILE
"$PROGRAMS/kubectl" get nodes --request-timeout=5s && "$PROGRAMS/kubectl" get pods --all-namespaces --request-timeout=5s || exit 4
