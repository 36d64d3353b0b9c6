#!/usr/bin/env python3
"""./dev bench loadgen: CPU time per request of loadgen beside wrk, closed loop, in one interleaved run.

The server (target, core 0) and the generator (core 1) do not share a core. The figure is user + system time of the
generator per completed request: it does not depend on how fast the server is, and survives a noisy machine better than
requests per second. Medians over the rounds, with the spread; the ratio is taken round by round.
"""
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

ROUNDS, SECONDS = 5, 3
BIN = pathlib.Path(sys.argv[1])


def run_pinned(command):
    """(CPU seconds, stdout) of a finished command on core 1."""
    process = subprocess.Popen(["taskset", "-c", "1", *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"bench: {command[0]} ended with status {status}")
    return usage.ru_utime + usage.ru_stime, output


def loadgen(url, connections):
    with tempfile.NamedTemporaryFile(suffix=".json") as result:
        cpu, _ = run_pinned([BIN / "loadgen", "-q", "-t", 1, "-c", connections, "-d", f"{SECONDS}s", "--json", result.name, url])
        return cpu, json.load(result)["requests"]["completed"]


def wrk(url, connections):
    cpu, output = run_pinned(["wrk", "-t", 1, "-c", connections, "-d", f"{SECONDS}s", url])
    return cpu, int(re.search(r"(\d+) requests in", output).group(1))


def spread(values):
    return f"{statistics.median(values):6.2f} ({min(values):.2f}-{max(values):.2f})"


def main():
    if shutil.which("wrk") is None:
        sys.exit("bench: wrk is not installed (apt-get install wrk)")
    log = tempfile.NamedTemporaryFile(suffix=".log")
    server = subprocess.Popen(["taskset", "-c", "0", BIN / "target"], stdout=log, stderr=log,
                              env={**os.environ, "PORT": "0", "THREADS": "1", "LOG_LEVEL": "warn", "SHUTDOWN_GRACE": "0s"})
    try:
        port = None
        while port is None and server.poll() is None:
            port = re.search(r'"port":(\d+)', pathlib.Path(log.name).read_text())
        if port is None:
            sys.exit(f"bench: target did not start: {pathlib.Path(log.name).read_text()}")
        url = f"http://127.0.0.1:{port.group(1)}/"
        print(f"closed loop, {ROUNDS} interleaved rounds of {SECONDS} s; CPU us per request: median (spread)\n")
        print("| connections | loadgen | wrk | loadgen / wrk |\n|---|---|---|---|")
        for connections in (1, 64, 512):
            ours, theirs = [], []
            for _ in range(ROUNDS):
                for figures, tool in ((ours, loadgen), (theirs, wrk)):
                    cpu, requests = tool(url, connections)
                    figures.append(cpu * 1e6 / requests)
            print(f"| {connections} | {spread(ours)} | {spread(theirs)} | {spread([a / b for a, b in zip(ours, theirs)])} |", flush=True)
    finally:
        server.terminate()
        server.wait()


main()
