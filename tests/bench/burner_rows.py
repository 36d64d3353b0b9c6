"""One run of a burner, or of stress-ng in its place, in a cgroup (version 1) of its own; the rows of ./dev bench burners."""
import contextlib
import dataclasses
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Callable

from support.cgroups import CPUBURN, MEMBLOAT, Container, Group

MI = 1 << 20
LIMIT = 256 * MI
SMALL_LIMIT = 64 * MI
SPIN = [sys.executable, "-c", "while True: pass"]
SLEEP = ["/usr/bin/python3", "-c", "import signal; signal.pause()"]
WARM_UP = 1.0

Figures = dict[str, float]


@dataclasses.dataclass
class Row:
    name: str
    reach: str
    ours: Callable[[float], Figures]             # seconds -> figures
    theirs: Callable[[float], Figures] | None
    met: Callable[[list[Figures]], bool]         # of all rounds
    shown: tuple[str, ...]                       # which figures
    beside: str = "stress-ng"


@contextlib.contextmanager
def group(name, **limits):
    made = Group(f"bench-{name}")
    try:
        yield made.limit(**limits)
    finally:
        made.remove()


@contextlib.contextmanager
def hogs(count):
    """Each in a cgroup of its own, with the same share as the burner's."""
    groups = []
    try:
        for number in range(count):
            groups.append(Group(f"bench-hog{number}"))
            favour(groups[-1])
            groups[-1].start(SPIN)
        yield
    finally:
        for each in groups:
            each.remove()


def favour(place):
    """What else runs on this machine is not what is measured: the largest share there is, the same for all of a row."""
    (place.folders["cpu"] / "cpu.shares").write_text("262144")


def end(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def quiet(place, command):
    return place.start(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Meter:
    """Use of CPU and throttling of a group, between two moments."""

    def __init__(self, place):
        self.place, self.before, self.at = place, self.counters(place), time.monotonic()

    @staticmethod
    def counters(place):
        return (place.read("cpuacct", "cpuacct.usage"), place.read_key("cpu", "cpu.stat", "nr_periods"),
                place.read_key("cpu", "cpu.stat", "nr_throttled"))

    def read(self) -> Figures:
        seconds = time.monotonic() - self.at
        usage, periods, throttled = (a - b for a, b in zip(self.counters(self.place), self.before))
        return {"cores": usage / 1e9 / seconds, "throttled": throttled, "throttled %": 100 * throttled / max(periods, 1)}


def cpu(command, seconds, cores=None, neighbours=0) -> Figures:
    with group("cpu", cores=cores) as place, hogs(neighbours):
        favour(place)
        process = quiet(place, command)
        try:
            time.sleep(WARM_UP)
            meter = Meter(place)
            time.sleep(seconds)
            return meter.read()
        finally:
            end(process)


def cpuburn(*arguments):
    return [CPUBURN, *arguments, "-d", "10m", "--quiet"]


def stress_cpu(workers, load):
    return ["stress-ng", "--cpu", workers, "--cpu-load", load, "--cpu-load-slice", "10", "--cpu-method", "int64", "-t", "600", "--quiet"]


def cpu_row(name, reach, ours, theirs, met, shown=("cores",), **place):
    return Row(name, reach, lambda s: cpu(cpuburn(*ours), s, **place), lambda s: cpu(stress_cpu(*theirs), s, **place), met, shown)


def median(rounds, key):
    return statistics.median(each[key] for each in rounds)


def within(target, error):
    return lambda rounds: abs(median(rounds, "cores") - target) <= error


def at_rest(seconds) -> Figures:
    with tempfile.NamedTemporaryFile("w", suffix=".trace") as trace:
        trace.write("0s 0%\n")
        trace.flush()
        return cpu(cpuburn("--cores", "1", "--shape", f"trace:{trace.name}"), seconds)


def resized(seconds) -> Figures:
    """Use from two seconds after the limit went from 500m to 300m, with 90 % asked."""
    with group("cpu", cores=0.5) as place:
        process = quiet(place, cpuburn("--percent-of-limit", "90"))
        try:
            time.sleep(WARM_UP + 1)
            place.limit(cores=0.3)
            time.sleep(2)
            meter = Meter(place)
            time.sleep(seconds)
            return meter.read()
        finally:
            end(process)


def stopped(command, **limits):
    def once(_) -> Figures:
        with group("cpu", **limits) as place:
            process = quiet(place, command)
            time.sleep(WARM_UP)
            at = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            return {"ms": 1000 * (time.monotonic() - at)}
    return once


def cpu_rows():
    rows = [cpu_row(f"calm, {percent} % of a core", "error <= 0.005 core", ("--cores", f"{percent * 10}m"), (1, percent),
                    within(percent / 100, 0.005)) for percent in (5, 10, 40, 50, 90)]
    return rows + [
        cpu_row("two hogs beside it, 0.40 core", ">= 0.395", ("--cores", "400m"), (1, 40),
                lambda r: median(r, "cores") >= 0.395, neighbours=2),
        cpu_row("98 % of a limit of 500m", "0 throttled periods", ("--percent-of-limit", "98"), (1, 49),
                lambda r: all(each["throttled"] == 0 for each in r), ("cores", "throttled"), cores=0.5),
        cpu_row("150 % of a limit of 500m", "0.500 +- 1 %, >= 98 % throttled", ("--percent-of-limit", "150"), (2, 100),
                lambda r: within(0.5, 0.005)(r) and median(r, "throttled %") >= 98, ("cores", "throttled %"), cores=0.5),
        cpu_row("two cores, 1.5", "+- 0.01", ("--cores", "1.5"), (2, 75), within(1.5, 0.01)),
        Row("own use at 0", "< 0.002 core", at_rest, lambda s: cpu(stress_cpu(1, 0), s), lambda r: median(r, "cores") < 0.002, ("cores",)),
        Row("90 % of a limit that goes from 500m to 300m", "0.270 +- 0.005 two seconds later", resized, None, within(0.27, 0.005), ("cores",)),
        Row("SIGTERM at 90 % of a core", "one slot: <= 10 ms", stopped(cpuburn("--cores", "900m")), stopped(stress_cpu(1, 90)),
            lambda r: median(r, "ms") <= 10, ("ms",)),
    ]


# --- memory ---


def held(command):
    """Use of the group while it is held, after five seconds to get there."""
    def once(seconds) -> Figures:
        with group("memory", memory=LIMIT) as place:
            process = quiet(place, command)
            try:
                time.sleep(5)
                meter, seen, until = Meter(place), [], time.monotonic() + seconds
                while time.monotonic() < until:
                    seen.append(100 * place.read("memory", "memory.usage_in_bytes") / LIMIT)
                    time.sleep(0.1)
                return {"lowest %": min(seen), "highest %": max(seen), "kills": place.oom_kills(), "cores": meter.read()["cores"]}
            finally:
                end(process)
    return once


def exceeded(command):
    """Past the limit from within a container: how many are killed, and whether its PID 1 is one of them."""
    def once(_) -> Figures:
        with group("container", memory=SMALL_LIMIT) as place:
            container = Container(place, SLEEP)
            done = container.exec(command)
            alive = not container.wait_for_end(3)
            return {"kills": place.oom_kills(), "PID 1 alive": int(alive),
                    "exit code": 128 - done.returncode if done.returncode < 0 else done.returncode}
    return once


def fill(command, bytes_taken, seconds_of):
    def once(_) -> Figures:
        with group("memory", memory=2 * bytes_taken) as place:
            used = place.read("cpuacct", "cpuacct.usage")
            done = place.run(command)
            gib = bytes_taken / (1 << 30)
            return {"GiB/s": gib / seconds_of(done.stdout),
                    "GiB per CPU second": gib / ((place.read("cpuacct", "cpuacct.usage") - used) / 1e9)}
    return once


def hold_row():
    ours = [MEMBLOAT, "--percent-of-limit", "90", "--hold", "10m", "--quiet"]
    theirs = ["stress-ng", "--vm", "1", "--vm-bytes", str(LIMIT * 9 // 10), "--vm-keep", "--vm-hang", "0", "-t", "600", "--quiet"]
    return Row("hold 90 % of 256Mi", "+- 0.5 points, 0 kills, < 0.002 core", held(ours), held(theirs),
               lambda r: all(each["lowest %"] >= 89.5 and each["highest %"] <= 90.5 and each["kills"] == 0 for each in r)
               and median(r, "cores") < 0.002, ("lowest %", "highest %", "kills", "cores"))


def memory_rows(memset):
    past = [MEMBLOAT, "--percent-of-limit", "120", "--quiet", "--victim"]
    stress = ["stress-ng", "--vm", "1", "--vm-bytes", str(SMALL_LIMIT * 6 // 5), "--vm-keep", "--temp-path", "/tmp", "-t", "5", "--quiet"]
    who = ("kills", "PID 1 alive", "exit code")
    size = 1 << 30
    return [
        hold_row(),
        Row("120 % of 64Mi, --victim self", "1 kill, PID 1 alive, 137", exceeded([*past, "self"]), exceeded(stress),
            lambda r: all((each["kills"], each["PID 1 alive"], each["exit code"]) == (1, 1, 137) for each in r), who),
        Row("120 % of 64Mi, --victim container", "PID 1 killed, 137", exceeded([*past, "container"]), exceeded(stress),
            lambda r: all((each["PID 1 alive"], each["exit code"]) == (0, 137) for each in r), who),
        Row("fill 1Gi", ">= 80 % of memset", fill([MEMBLOAT, "--bytes", str(size), "--hold", "0s", "--quiet", "--json", "-"], size,
                                                 lambda text: json.loads(text)["duration_s"]),
            fill([memset, size], size, float), None, ("GiB/s", "GiB per CPU second"), beside="memset"),
    ]


def cpus():
    return len(os.sched_getaffinity(0))
