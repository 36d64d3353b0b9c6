#!/usr/bin/env python3
"""./dev bench target: target's CPU per request beside nginx's, idle connections, /health under full load and under a quota.

What is measured, and what counts as reached: docs/target.md, "Measured". Speed never makes it fail.
"""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import psutil

from figures import ratios, spread, table
from loadgen import machine
from measure import ToolFailed, memory_of, raise_file_limit
from support.servers import free_port

UNPRIVILEGED = 65532
QUOTA_US, PERIOD_US = 50_000, 100_000
HEALTH_RATE = "200/s"
NGINX = """\
worker_processes 1; daemon off; pid {folder}/pid; error_log stderr error;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; default_type application/json;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; location / {{ return 200 '{body}'; }} }}
}}
"""


def cpu_seconds(pid):
    used = psutil.Process(pid).cpu_times()
    return used.user + used.system


def ask(port, path="/"):
    """One answer: (head, body)."""
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while piece := client.recv(65536):
            received += piece
    return received.decode().split("\r\n\r\n", 1)


@contextlib.contextmanager
def ended(process):
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


class Bench:
    def __init__(self, bin_folder, folder, seconds):
        self.loadgen, self.folder, self.seconds = bin_folder / "loadgen", folder, seconds
        os.chmod(folder, 0o755)   # the service runs as a user of its own
        self.program = shutil.copy(bin_folder / "target", folder)
        self.cores = sorted(os.sched_getaffinity(0))
        if len(self.cores) < 2:
            raise ToolFailed("the server and the generator need a core each, and there is only one")
        self.files = raise_file_limit()

    @contextlib.contextmanager
    def target(self, core=None, **environment):
        """A running target without privileges: (port, pid)."""
        user = {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []} if os.geteuid() == 0 else {}
        pinned = ["taskset", "-c", str(core)] if core is not None else []
        process = subprocess.Popen([*pinned, self.program], stdout=subprocess.PIPE, text=True, cwd="/", **user,
                                   env={"PORT": "0", "LOG_LEVEL": "warn", "SHUTDOWN_GRACE": "0s", **environment})
        with ended(process), process.stdout:
            line = process.stdout.readline()
            if not line:
                raise ToolFailed(f"target did not start (exit {process.wait()})")
            yield json.loads(line)["port"], process.pid

    @contextlib.contextmanager
    def nginx(self, program, core, body):
        """A running nginx with one worker: (port, pid of the worker)."""
        port = free_port()
        config = self.folder / "nginx.conf"
        config.write_text(NGINX.format(folder=self.folder, port=port, body=body))
        command = ["taskset", "-c", str(core), program, "-e", "stderr", "-p", self.folder, "-c", config]
        with ended(subprocess.Popen(command, stderr=subprocess.PIPE)) as process, process.stderr:
            master, deadline = psutil.Process(process.pid), time.monotonic() + 10
            while not (workers := master.children()):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise ToolFailed(f"nginx did not start: {process.stderr.read().decode().strip()[-300:]}")
                time.sleep(0.05)
            yield port, workers[0].pid

    def load(self, port, path, *options, core=None, real_time=False):
        """A finished loadgen's result. 3 is its own doubt about the machine, and no failure."""
        file = self.folder / f"load{path.replace('/', '-').partition('?')[0]}.json"
        command = [*(["taskset", "-c", str(core)] if core is not None else []), *(["chrt", "-f", "1"] if real_time else []),
                   self.loadgen, "-q", *options, "--json", file, f"http://127.0.0.1:{port}{path}"]
        done = subprocess.run(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode not in (0, 3):
            raise ToolFailed(f"loadgen ended with {done.returncode}: {done.stderr.strip()[-300:]}")
        result = json.loads(file.read_text())
        if set(result["status"]) != {"200"} or result["requests"]["failed"]:
            raise ToolFailed(f"not everything on {path} was a 200: {result['status']}, {result['errors']}")
        return result

    def cpu_per_request(self, server, connections):
        """CPU us of the server for a request, closed loop: server on the first core, loadgen on the second."""
        port, pid = server
        before = cpu_seconds(pid)
        result = self.load(port, "/", "-c", connections, "-d", f"{self.seconds}s", core=self.cores[1])
        return (cpu_seconds(pid) - before) * 1e6 / result["requests"]["completed"]


def part_nginx(bench, rounds):
    """GET / with one worker thread each, the same body, no access log; rounds interleaved on both running servers."""
    program = shutil.which("nginx")
    if program is None:
        raise ToolFailed("nginx is not in PATH (./dev bench target unpacks Debian's)")
    core, found = bench.cores[0], {}
    with bench.target(core, THREADS="1") as ours:
        with bench.nginx(program, core, ask(ours[0])[1].strip()) as theirs:
            for connections in (1, 64, 512):
                cpu = {"target": [], "nginx": []}
                for _ in range(rounds):
                    cpu["target"].append(bench.cpu_per_request(ours, connections))
                    cpu["nginx"].append(bench.cpu_per_request(theirs, connections))
                found[connections] = {**cpu, "ratio": ratios(cpu["target"], cpu["nginx"])}
    print("\nGET /, one worker, closed loop: CPU us of the server per request, median (spread); goal: ratio at most 1.3\n")
    print(table(["connections", "target", "nginx", "target / nginx"],
                [[n, *(spread(row[key]) for key in ("target", "nginx", "ratio"))] for n, row in found.items()]), flush=True)
    return found


def part_idle(bench, rounds, count=10_000):
    """Resident memory with idle keep-alive connections that have each been answered once."""
    del rounds   # memory does not vary
    if bench.files < count + 200:
        raise ToolFailed(f"{count} connections need a descriptor limit of {count + 200}, and it is {bench.files} here (ulimit -Hn)")
    request = b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n"
    with bench.target() as (port, pid), contextlib.ExitStack() as clients:
        before = memory_of(pid)[0]
        for _ in range(count):
            client = clients.enter_context(socket.create_connection(("127.0.0.1", port), 30))
            client.sendall(request)
            if not client.recv(4096).startswith(b"HTTP/1.1 200 "):
                raise ToolFailed("an idle connection was not answered with 200")
        after = memory_of(pid)[0]
    print(f"\n{count:,} idle connections: {after / 1e6:.1f} MB resident ({before / 1e6:.1f} MB without them); goal: under 100 MB",
          flush=True)
    return {"connections": count, "resident_bytes": after, "resident_bytes_before": before}


@contextlib.contextmanager
def quota_group(quota_us):
    """A cgroup v1 of our own with a CFS quota; what is started inside belongs to it. The folder is removed afterwards."""
    root = pathlib.Path("/sys/fs/cgroup/cpu")
    if not os.access(root / "cpu.shares", os.W_OK):
        raise ToolFailed("a quota needs root and cgroup v1's cpu controller")
    own = next(line.split(":", 2)[2] for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines()
               if "cpu" in line.split(":")[1].split(","))
    group, home = root / f"plimsoll-bench-{os.getpid()}", root / own.lstrip("/")

    @contextlib.contextmanager
    def inside():
        (group / "cgroup.procs").write_text(str(os.getpid()))
        try:
            yield
        finally:
            (home / "cgroup.procs").write_text(str(os.getpid()))

    group.mkdir()
    try:
        (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
        (group / "cpu.cfs_quota_us").write_text(str(quota_us))
        yield inside
    finally:
        deadline = time.monotonic() + 5
        while True:
            try:
                group.rmdir()
                break
            except OSError:  # until the kernel has let go of the last process
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


def health_under_work(bench, server):
    """p99 of /health at a steady rate while /work keeps all its threads busy; and how late the generator itself was, in ms."""
    port, _ = server
    saturating = [bench.loadgen, "-q", "-c", "16", "-d", f"{bench.seconds + 2}s", f"http://127.0.0.1:{port}/work?cpu=5ms"]
    real_time = subprocess.run(["chrt", "-f", "1", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    with ended(subprocess.Popen(saturating, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)) as work:
        time.sleep(0.5)
        result = bench.load(port, "/health", "--rate", HEALTH_RATE, "-c", "16", "-d", f"{bench.seconds}s", real_time=real_time)
        if work.poll() is not None:
            raise ToolFailed("/work was not loaded all the time")
    latency = result["latency_ns"]
    return {"p50_ms": latency["p50"] / 1e6, "p99_ms": latency["p99"] / 1e6, "max_ms": latency["max"] / 1e6,
            "generator_p99_ms": result["schedule_lag_ns"]["p99"] / 1e6}


def show_health(title, found):
    print(f"\n{title}\n")
    print(table(["p50 ms", "p99 ms", "max ms", "of it the generator's own lateness, p99 ms"],
                [[spread([each[key] for each in found], 1) for key in ("p50_ms", "p99_ms", "max_ms", "generator_p99_ms")]]), flush=True)


def part_health(bench, rounds):
    """Without a quota; a fresh server each round, as an unprivileged user."""
    found = []
    for _ in range(rounds):
        with bench.target() as server:
            found.append(health_under_work(bench, server))
    show_health(f"/health at {HEALTH_RATE} while /work saturates every thread, no quota; goal: p99 under 20 ms", found)
    return found


def part_quota(bench, rounds):
    """With half a CPU: one thread at work uses the quota up, and the kernel freezes everything for the rest of the period."""
    freeze_ms = (PERIOD_US - QUOTA_US) / 1000
    found = []
    with quota_group(QUOTA_US) as inside:
        for _ in range(rounds):
            with contextlib.ExitStack() as running:
                with inside():
                    server = running.enter_context(bench.target())
                found.append(health_under_work(bench, server))
    show_health(f"The same with a quota of {QUOTA_US // 1000} ms in {PERIOD_US // 1000} ms, which forces a freeze of {freeze_ms:.0f} ms; "
                f"goal: p99 at most {freeze_ms + 10:.0f} ms", found)
    return {"freeze_ms": freeze_ms, "rounds": found}


PARTS = {"nginx": part_nginx, "idle": part_idle, "health": part_health, "quota": part_quota}


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev bench target", description="target beside nginx, and under full load.")
    parser.add_argument("part", nargs="*", help=f"{', '.join(PARTS)}; all of them when none is named")
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes: shows that it works")
    parser.add_argument("--rounds", type=int, help="rounds of each measurement (5)")
    parser.add_argument("--seconds", type=int, help="length of a round (5)")
    parser.add_argument("--json", metavar="FILE", help="every number of every round")
    parser.add_argument("--bin", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    for part in options.part:
        if part not in PARTS:
            parser.error(f"no part is called {part}: {', '.join(PARTS)}")
    options.rounds, options.seconds = options.rounds or (2 if options.quick else 5), options.seconds or (2 if options.quick else 5)
    if options.rounds < 1 or options.seconds < 1:
        parser.error("--rounds and --seconds must be at least 1")
    return options


def main():
    options = parse(sys.argv[1:])
    here, failures = machine(), []
    result = {"schema": "plimsoll.bench-target/v1", "machine": here, "rounds": options.rounds, "seconds": options.seconds, "parts": {},
              "failures": failures}
    print(f"{here['cpu']}, {here['cores']} cores, Linux {here['kernel']}; {options.rounds} rounds of {options.seconds} s; load average "
          f"before: {here['load_average'][0]:.2f}", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(options.bin, pathlib.Path(folder), options.seconds)
        for part in options.part or PARTS:
            try:
                result["parts"][part] = PARTS[part](bench, options.rounds)
            except ToolFailed as error:
                failures.append(f"{part}: {error}")
            if options.json:
                pathlib.Path(options.json).write_text(json.dumps(result, indent=1) + "\n")
    for failure in failures:
        print(f"bench: left out: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ToolFailed, OSError) as error:
        sys.exit(f"bench: {error}")
