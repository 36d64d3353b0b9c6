"""The disposable cluster: up is idempotent, down leaves nothing, also after kill -9 of any part. Runs first; leaves it up."""
import os
import pathlib
import signal
import subprocess

import psutil

from support import ROOT

SYSCTLS = [pathlib.Path("/proc/sys") / name for name in
           ("vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys",
            "kernel/keys/root_maxbytes", "net/ipv4/ip_forward")]
STATE = pathlib.Path(os.environ["KUBECONFIG"]).parent if "KUBECONFIG" in os.environ else None


def cluster(command, **options):
    return subprocess.run([ROOT / "dev", "cluster", command], text=True, capture_output=True, **options)


def processes():
    """(pid, command line) of everything whose command line or namespaces are the cluster's."""
    commands = [(process.pid, " ".join(process.info["cmdline"] or [])) for process in psutil.process_iter(["cmdline"])]
    return [(pid, words) for pid, words in commands if str(STATE) in words or "/run/containerd/" in words]


def leftovers():
    mounts = [line for line in pathlib.Path("/proc/self/mounts").read_text().splitlines() if str(STATE) in line]
    cgroups = list(pathlib.Path("/sys/fs/cgroup").glob("plimsoll")) + list(pathlib.Path("/sys/fs/cgroup").glob("*/plimsoll"))
    links = subprocess.run(["ip", "-o", "link"], text=True, capture_output=True).stdout.count("plimsoll0")
    return processes() + mounts + cgroups + ["link"] * links + ([STATE] if STATE.exists() else [])


def sysctls():
    return {str(file): file.read_text() for file in SYSCTLS if file.exists()}


def pids_of(*parts):
    return {part: pid for pid, words in processes() for part in parts if words.split()[0].endswith(part)}


def test_up_is_idempotent():
    before = pids_of("etcd", "kubelet", "kube-apiserver")
    up = cluster("up", timeout=300)
    assert up.returncode == 0, up.stderr
    assert len(before) == 3 and pids_of(*before) == before, "it was started anew"
    assert cluster("status").returncode == 0


def test_down_leaves_nothing_after_kill_9_of_its_parts_and_up_changes_no_sysctl_of_the_host():
    victims = pids_of("kubelet", "containerd", "etcd")
    assert len(victims) == 3
    for victim in victims.values():
        os.kill(victim, signal.SIGKILL)
    down = cluster("down", timeout=120)
    assert down.returncode == 0, down.stderr
    assert leftovers() == []
    host = sysctls()
    up = cluster("up", timeout=300)
    assert up.returncode == 0, up.stderr
    assert sysctls() == host


def test_up_survives_a_half_started_try():
    assert cluster("down", timeout=120).returncode == 0
    started = subprocess.Popen([ROOT / "dev", "cluster", "up"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               start_new_session=True)
    for line in started.stdout:
        if "node started" in line:
            break
    os.killpg(started.pid, signal.SIGKILL)
    started.wait()
    up = cluster("up", timeout=300)
    assert up.returncode == 0, up.stderr
    assert cluster("status").returncode == 0
