#!/usr/bin/env python3
"""./dev bench burners: what cpuburn and membloat reach, with stress-ng (and memset) in the same place, round by round.

Every run has a cgroup (version 1) of its own, which is removed. What is measured is the kernel's accounting of that
cgroup, not what the programs say. Use of CPU and speed: medians of the rounds; throttled periods and kills: every round.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

import pytest

import loadgen

ROWS_HELP = "only rows whose name contains one of these"


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev bench burners", description="cpuburn and membloat beside stress-ng, in cgroups of their own.")
    parser.add_argument("row", nargs="*", help=ROWS_HELP)
    parser.add_argument("--quick", action="store_true", help="one round of two seconds: shows that it works")
    parser.add_argument("--rounds", type=int, help="5 when not given")
    parser.add_argument("--seconds", type=float, help="length of a measurement; 10 when not given")
    parser.add_argument("--json", metavar="FILE", help="every number of every round")
    parser.add_argument("--check", action="store_true", help="exit code 1 when something is not reached")
    parser.add_argument("--bin", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (1 if options.quick else 5)
    options.seconds = options.seconds or (2 if options.quick else 10)
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("--rounds and --seconds must be above 0")
    return options


def compile_memset(folder):
    program = pathlib.Path(folder) / "memset"
    subprocess.run(["cc", "-O2", "-o", program, pathlib.Path(__file__).with_name("memset.c")], check=True)
    return program


def number(value):
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.4f}" if abs(value) < 10 else f"{value:.1f}"


def cell(rounds, keys):
    """cores 0.4001 (0.3999-0.4003), throttled 0"""
    parts = []
    for key in keys:
        values = [each[key] for each in rounds]
        text = f"{key} {number(statistics.median(values))}"
        if min(values) != max(values):
            text += f" ({number(min(values))}-{number(max(values))})"
        parts.append(text)
    return ", ".join(parts)


def is_met(row, ours, theirs):
    if row.met is not None:
        return row.met(ours)
    ratios = [a["GiB/s"] / b["GiB/s"] for a, b in zip(ours, theirs)]
    return statistics.median(ratios) >= 0.8


def measure(row, options):
    ours, theirs = [], []
    for _ in range(options.rounds):
        ours.append(row.ours(options.seconds))
        if row.theirs is not None:
            theirs.append(row.theirs(options.seconds))
    met = is_met(row, ours, theirs)
    beside = f"{row.beside}: {cell(theirs, row.shown)}" if theirs else "-"
    print(f"| {row.name} | {row.reach} | {cell(ours, row.shown)} | {'yes' if met else 'no'} | {beside} |", flush=True)
    return {"row": row.name, "reach": row.reach, "met": met, "ours": ours, "beside": row.beside, "theirs": theirs}


def machine():
    here = loadgen.machine()
    return {"cpus": burner_rows().cpus(), "cpu": here["cpu"], "kernel": here["kernel"], "load_at_start": here["load_average"][0]}


def burner_rows():
    import burner_rows as rows  # after PLIMSOLL_BIN is set
    return rows


def main():
    options = parse(sys.argv[1:])
    if shutil.which("stress-ng") is None:
        sys.exit("bench: stress-ng is not installed (apt-get install stress-ng)")
    # So that what was made is removed then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ["PLIMSOLL_BIN"] = str(options.bin.resolve())
    here = machine()
    print(f"{here['cpus']} CPUs ({here['cpu']}), Linux {here['kernel']}, load {here['load_at_start']} at the start; "
          f"{options.rounds} rounds of {options.seconds:g} s: median (lowest-highest)\n")
    with tempfile.TemporaryDirectory() as folder:
        rows = [*burner_rows().cpu_rows(), *burner_rows().memory_rows(compile_memset(folder))]
        rows = [row for row in rows if not options.row or any(word in row.name for word in options.row)]
        print("| what | reach | ours | reached | beside it |\n|---|---|---|---|---|", flush=True)
        try:
            results = [measure(row, options) for row in rows]
        except pytest.skip.Exception as reason:
            sys.exit(f"bench: {reason}")
    if options.json:
        document = {"machine": here, "rounds": options.rounds, "seconds": options.seconds, "rows": results}
        pathlib.Path(options.json).write_text(json.dumps(document, indent=2) + "\n")
    return 1 if options.check and not all(each["met"] for each in results) else 0


if __name__ == "__main__":
    sys.exit(main())
