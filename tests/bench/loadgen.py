#!/usr/bin/env python3
"""./dev bench loadgen: loadgen beside other load generators, on the same server, in the same minutes.

The server runs on the first core, the generator on the second. What is measured, and how: docs/benchmarks.md.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

from http2 import http2
from measure import Bench, ToolFailed, compile_programs
from parts import closed, memory, pace, stall
from tools import TOOLS


PARTS = {"closed": closed, "http2": http2, "pacing": pace, "stall": stall, "memory": memory}


@dataclasses.dataclass
class Plan:
    rounds: int = 5
    seconds: int = 5
    pacing_rounds: int = 3
    pacing_seconds: int = 10
    stall: float = 1.0
    stall_period: int = 10
    stall_seconds: int = 30    # whole periods
    memory_seconds: int = 20
    idle_seconds: int = 10


QUICK = Plan(rounds=2, seconds=1, pacing_rounds=1, pacing_seconds=2, stall=0.2, stall_period=2, stall_seconds=4, memory_seconds=3, idle_seconds=2)


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev bench loadgen", description="loadgen beside other load generators. Speed never makes it fail.")
    parser.add_argument("part", nargs="*", help=f"{', '.join(PARTS)}; all of them when none is named")
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes: shows that it works, not who is faster")
    parser.add_argument("--rounds", type=int, help="interleaved rounds of the closed loop and of pacing (5 and 3)")
    parser.add_argument("--seconds", type=int, help="length of a run of the closed loop and of pacing (5 and 10)")
    parser.add_argument("--tools", metavar="NAME,...", help="only these, and loadgen and the floor")
    parser.add_argument("--json", metavar="FILE", help="every number of every run")
    parser.add_argument("--bin", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    for part in options.part:
        if part not in PARTS:
            parser.error(f"no part is called {part}: {', '.join(PARTS)}")
    wanted = set(options.tools.split(",")) if options.tools else set(TOOLS)
    if unknown := wanted - set(TOOLS):
        parser.error(f"unknown tool {', '.join(sorted(unknown))}: {', '.join(TOOLS)}")
    if any(number is not None and number < 1 for number in (options.rounds, options.seconds)):
        parser.error("--rounds and --seconds must be at least 1")
    options.tools = [name for name in TOOLS if name in wanted | {"loadgen", "floor"}]
    return options


def make_plan(options):
    plan = QUICK if options.quick else Plan()
    return dataclasses.replace(plan, rounds=options.rounds or plan.rounds, pacing_rounds=options.rounds or plan.pacing_rounds,
                               seconds=options.seconds or plan.seconds, pacing_seconds=options.seconds or plan.pacing_seconds)


def version(tool):
    said = subprocess.run(tool.version.split(), text=True, capture_output=True, check=False)
    found = re.search(r"(?<![\w.])v?\d+\.\d+\S*", said.stdout + said.stderr)
    if found is None and shutil.which("go"):   # a program of `go build` does not know its own, but has it inside
        said = subprocess.run(["go", "version", "-m", shutil.which(tool.name)], text=True, capture_output=True, check=False)
        found = re.search(r"(?<=\t)v\d\S+", "".join(line for line in said.stdout.splitlines(True) if f"/{tool.name}" in line))
    return found.group(0).rstrip(",;") if found else "of unknown version"


def machine():
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    return {"cpu": cpu, "cores": os.cpu_count(), "kernel": platform.release(), "load_average": os.getloadavg()}


def main():
    options = parse(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        os.environ["PATH"] = f"{options.bin}:{folder}:{os.environ['PATH']}"
        compile_programs(pathlib.Path(folder))
        installed = [name for name in options.tools if shutil.which(name)]
        if "loadgen" not in installed:
            raise ToolFailed(f"no loadgen in {options.bin} (./dev build)")
        if missing := [f"{name} ({TOOLS[name].install})" for name in options.tools if name not in installed]:
            print(f"bench: not installed, so not compared: {', '.join(missing)}", file=sys.stderr)
        bench = Bench(pathlib.Path(folder))
        plan, here = make_plan(options), machine()
        result = {"schema": "plimsoll.bench-loadgen/v1", "machine": here, "plan": dataclasses.asdict(plan),
                  "versions": {name: version(TOOLS[name]) for name in installed if TOOLS[name].version}, "parts": {}, "failures": bench.failures}
        print(f"{here['cpu']}, {here['cores']} cores, Linux {here['kernel']}; server on core {bench.server_core}, generator on core "
              f"{bench.tool_core}; load average before: {here['load_average'][0]:.2f}. "
              + ", ".join(f"{name} {number}" for name, number in result["versions"].items()) + ".", flush=True)
        for part in options.part or PARTS:
            result["parts"][part] = PARTS[part](bench, installed, plan)
            if options.json:
                pathlib.Path(options.json).write_text(json.dumps(result, indent=1) + "\n")
    for failure in bench.failures:
        print(f"bench: left out: {failure}", file=sys.stderr)
    return 1 if bench.failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ToolFailed as error:
        sys.exit(f"bench: {error}")
