#!/usr/bin/env bash
# ./dev demo --local: the programs on this machine only, on loopback, within whatever limits the shell has; about a minute.
set -euo pipefail
bin=$1 out=runs/local-$(date +%Y%m%d-%H%M%S)
mkdir -p "$out"
say() { printf '\n==> %s\n' "$*"; }
# A busy machine can keep a burner from its aim (exit 3, and it says why): shown, but no reason to stop the demo.
show() { "$@" || { local code=$?; [ $code = 3 ] || exit $code; }; }

PORT=0 SHUTDOWN_GRACE=0s "$bin/target" >"$out/target.log" 2>&1 & target=$!
trap 'kill "$target" 2>/dev/null || true' EXIT
for _ in $(seq 50); do
  port=$(grep -o '"port":[0-9]*' "$out/target.log" | head -n 1 | cut -d: -f2 || true)
  [ -n "$port" ] && break; sleep 0.1
done
[ -n "${port:-}" ] || { echo "demo: target did not start: $(cat "$out/target.log")" >&2; exit 4; }

say "loadgen, open loop: 200 requests/s for 10 s, each 1 ms of CPU; latency from the planned send"
show "$bin/loadgen" --rate 200/s --duration 10s --connections 16 --threshold 'errors<0.1%' --json "$out/open.json" "http://127.0.0.1:$port/work?cpu=1ms"
say "loadgen, closed loop: 8 connections for 5 s"
show "$bin/loadgen" --connections 8 --duration 5s --json "$out/closed.json" "http://127.0.0.1:$port/"
say "cpuburn: half a core for 5 s"
show "$bin/cpuburn" --cores 500m --duration 5s --json "$out/cpuburn.json"
say "membloat: 64Mi, held for 2 s"
show "$bin/membloat" --bytes 64Mi --rate 64Mi/s --hold 2s --json "$out/membloat.json"
say "target: SIGTERM, drains and ends"
kill -TERM "$target"; wait "$target"; echo "exit $?"
trap - EXIT
say "the JSON results and the access log are in $out"
