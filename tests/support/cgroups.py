"""Cgroups (version 1) of a test's own, and a stand-in for a container, on a machine where the test is root.

Everything has the prefix plimsoll-test-; what is made is removed, also after a failure. Only processes
that were put into such a cgroup are ever ended.
"""

import contextlib
import os
import pathlib
import signal
import subprocess
import time

import psutil
import pytest

from support import BIN
from support.waiting import wait_until

PREFIX = "plimsoll-test-"
CPUBURN = BIN / "cpuburn"
MEMBLOAT = BIN / "membloat"


def _folder(controller: str) -> pathlib.Path:
    """Where the hierarchy of a version 1 controller is mounted; skips the test where it is not."""
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        before, after = line.split(" - ")
        kind, _, options = after.split(" ")
        if kind == "cgroup" and controller in options.split(","):
            return pathlib.Path(before.split(" ")[4])
    pytest.skip(f"no version 1 cgroup hierarchy with the {controller} controller is mounted here")


class Group:
    """One cgroup in the cpu, cpuacct and memory hierarchies together."""

    def __init__(self, name: str):
        if os.geteuid() != 0:
            pytest.skip("making cgroups takes root")
        self.folders = {}
        for controller in ("cpu", "cpuacct", "memory"):
            folder = _folder(controller) / f"{PREFIX}{os.getpid()}-{name}"
            try:
                folder.mkdir(exist_ok=True)
            except OSError as error:
                self.remove()
                pytest.skip(f"cannot make {folder}: {error.strerror}")
            self.folders[controller] = folder

    def limit(self, cores: float | None = None, memory: int | None = None) -> "Group":
        if cores is not None:
            self._write("cpu", "cpu.cfs_period_us", 100_000)
            self._write("cpu", "cpu.cfs_quota_us", int(cores * 100_000))
            # What is tested is the quota, not the share that a busy machine has left.
            self._write("cpu", "cpu.shares", 100_000)
        if memory is not None:
            self._write("memory", "memory.limit_in_bytes", memory)
        return self

    def _write(self, controller: str, name: str, value: int) -> None:
        (self.folders[controller] / name).write_text(str(value))

    def read(self, controller: str, name: str) -> int:
        return int((self.folders[controller] / name).read_text())

    def read_key(self, controller: str, name: str, key: str) -> int:
        return int(dict(line.split() for line in (self.folders[controller] / name).read_text().splitlines())[key])

    def oom_kills(self) -> int:
        return self.read_key("memory", "memory.oom_control", "oom_kill")

    def enter(self) -> None:
        """For preexec_fn: moves the calling process into the cgroup."""
        for folder in self.folders.values():
            (folder / "cgroup.procs").write_text("0")

    def start(self, command: list, **options) -> subprocess.Popen:
        return subprocess.Popen([str(word) for word in command], preexec_fn=self.enter, **options)

    def run(self, command: list, **options) -> subprocess.CompletedProcess:
        options = {"capture_output": True, "text": True, "timeout": 60, **options}
        return subprocess.run([str(word) for word in command], preexec_fn=self.enter, **options)

    def remove(self) -> None:
        for folder in self.folders.values():
            for _ in range(50):
                with contextlib.suppress(FileNotFoundError):
                    for pid in (folder / "cgroup.procs").read_text().split():
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(int(pid), signal.SIGKILL)
                    with contextlib.suppress(OSError):
                        folder.rmdir()
                if not folder.exists():
                    break
                time.sleep(0.1)


class Container:
    """A PID namespace in the group whose PID 1 is the given command; nobody, as in a hardened pod."""

    NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all",
              "--inh-caps=-all", "--no-new-privs"]

    def __init__(self, group: Group, first: list):
        self.group = group
        self.unshare = group.start(["unshare", "--pid", "--fork", "--mount-proc", *self.NOBODY, *first])
        self.first = wait_until(self._first, said="PID 1 did not start")
        time.sleep(0.5)  # the command has to have grown to its size

    def _first(self) -> int | None:
        assert self.alive(), "PID 1 ended at once"
        started = [child.pid for child in psutil.Process(self.unshare.pid).children()
                   if child.name() not in ("unshare", "setpriv")]
        return started[0] if started else None

    def alive(self) -> bool:
        return self.unshare.poll() is None

    def killed(self) -> bool:
        # util-linux 2.38 ends with 1 where it should pass on the signal that ended its child.
        return self.unshare.poll() in (1, -signal.SIGKILL, 128 + signal.SIGKILL)

    def exec(self, command: list, **options) -> subprocess.CompletedProcess:
        """What kubectl exec does: joins the namespaces and the cgroup, with the container's user."""
        return self.group.run(
            ["nsenter", "-t", self.first, "-p", "-m", *self.NOBODY, *command], **options)

    def wait_for_end(self, seconds: float) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.unshare.wait(seconds)
        return not self.alive()
