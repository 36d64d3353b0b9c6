"""Runs a server on one core and a load generator on another, and measures the generator from outside.

CPU time is what the kernel accounts to the finished process (wait4), so it counts start and end of the tool too.
"""
import array
import contextlib
import dataclasses
import os
import pathlib
import re
import resource
import shutil
import subprocess
import tempfile
import threading
import time

SOURCES = pathlib.Path(__file__).resolve().parent


class ToolFailed(Exception):
    """A program did not do what it is there for; the text says which, and what it said."""


@dataclasses.dataclass
class Measured:
    cpu_s: float
    wall_s: float
    outcome: dict
    rss: list            # (seconds since its start, resident bytes), with `watch_memory`
    peak_rss: int
    server_cpu: float = 0.0   # share of one core
    times: list = dataclasses.field(default_factory=list)   # of a recording server: arrivals in s


def compile_programs(folder):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise ToolFailed("no C compiler in PATH (apt-get install gcc)")
    for program in ("server", "floor"):
        built = subprocess.run([compiler, "-O2", "-o", folder / program, SOURCES / f"{program}.c"], text=True, capture_output=True)
        if built.returncode != 0:
            raise ToolFailed(f"{program}.c does not compile: {built.stderr}")


def raise_file_limit():
    """As many open files as allowed, for the tools too; returns how many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def memory_of(pid):
    """(resident, highest resident) bytes; zeros when it has ended."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0, 0
    found = [re.search(rf"^{key}:\s+(\d+) kB", status, re.MULTILINE) for key in ("VmRSS", "VmHWM")]
    return tuple(int(each.group(1)) * 1024 if each else 0 for each in found)


class Bench:
    """Where everything runs: the two cores, the folder of compiled programs."""

    def __init__(self, folder):
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            raise ToolFailed("the server and the generator need a core each, and there is only one")
        self.folder, self.server_core, self.tool_core = folder, cores[0], cores[1]
        self.files, self.failures = raise_file_limit(), []
        os.sched_setaffinity(0, {self.server_core})   # this script must not take the generator's core

    @contextlib.contextmanager
    def server(self, *mode):
        """Gives its port, and afterwards, in the same dict, the CPU share it took."""
        process = subprocess.Popen(["taskset", "-c", str(self.server_core), self.folder / "server", *map(str, mode)],
                                   stdout=subprocess.PIPE, text=True)
        seen = {"port": int(process.stdout.readline() or 0)}
        started = time.monotonic()
        try:
            yield seen
        finally:
            wall = time.monotonic() - started
            process.terminate()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            process.stdout.close()
        seen["cpu"] = (usage.ru_utime + usage.ru_stime) / wall
        if process.returncode != 0:
            raise ToolFailed(f"the bench's server ended with {process.returncode}")

    def run(self, name, command, read, patience, watch_memory=False):
        """One finished command on the generator's core; `patience` in s, then it is killed."""
        command = ["taskset", "-c", str(self.tool_core), *map(str, command)]
        with tempfile.TemporaryFile("w+") as stdout, tempfile.TemporaryFile("w+") as stderr:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
            started, ended, rss, peak = time.monotonic(), threading.Event(), [], [0]

            def watch():
                while not ended.wait(0.1 if watch_memory else patience):
                    now = time.monotonic() - started
                    resident, highest = memory_of(process.pid)
                    if resident and watch_memory:
                        rss.append((now, resident))
                        peak[0] = max(peak[0], highest)
                    if now >= patience:
                        process.kill()
                        return

            watcher = threading.Thread(target=watch)
            watcher.start()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.monotonic() - started
            ended.set()
            watcher.join()
            stdout.seek(0), stderr.seek(0)
            text, said = stdout.read(), stderr.read()
        # 3 is loadgen's own doubt about the machine (docs/exit-codes.md): shown, not hidden, and no failure of the tool
        if process.returncode not in ((0, 3) if name == "loadgen" else (0,)):
            raise ToolFailed(f"{name} ended with {process.returncode}: {(said or text).strip()[-300:]}")
        try:
            outcome = read(text)
        except (ValueError, KeyError, TypeError, IndexError, StopIteration, OSError, subprocess.SubprocessError) as error:
            raise ToolFailed(f"cannot read what {name} wrote: {error!r}") from error
        if outcome["requests"] <= 0:
            raise ToolFailed(f"{name} completed no request: {(said or text).strip()[-300:]}")
        return Measured(usage.ru_utime + usage.ru_stime, wall, outcome, rss, peak[0])

    def measure(self, name, make_command, job, mode=(), watch_memory=False):
        """A fresh server in `mode`, one run of the tool against it. `job.port` is set here."""
        with tempfile.TemporaryDirectory(dir=self.folder) as own:
            job.folder = pathlib.Path(own)
            with self.server(*mode) as server:
                job.port = server["port"]
                command, read = make_command(job)
                measured = self.run(name, command, read, 3 * job.seconds + 60, watch_memory)
            measured.server_cpu = server["cpu"]
        return measured

    def measure_arrivals(self, name, make_command, job):
        times = self.folder / "times"
        measured = self.measure(name, make_command, job, ("record", times, 2 * job.rate * job.seconds + 10_000))
        with open(times, "rb") as file:
            recorded = array.array("q", file.read())
        measured.times = [t / 1e9 for t in recorded]
        return measured
