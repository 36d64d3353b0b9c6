"""cpuburn and membloat against the kernel of this machine, in cgroups (version 1) that the tests make."""
import pathlib
import signal
import subprocess
import time

import pytest

from support import BIN
from support.cgroups import CPUBURN, MEMBLOAT, Container, Group
from support.formats import read_result

MI = 1024 * 1024

SLEEPER = "import signal; signal.pause()"  # a PID 1 of about 8 MiB


def big(mebibytes: int) -> str:
    return f"held = b'x' * ({mebibytes} << 20); " + SLEEPER


def burn(group: Group, *arguments: str) -> tuple[dict, subprocess.CompletedProcess]:
    done = group.run([CPUBURN, *arguments, "--json", "-", "--quiet"])
    assert done.stdout, done.stderr
    return read_result(done.stdout), done


# --- cpuburn ---


def test_80_percent_of_the_limit_is_held_and_hardly_throttled(group):
    result, done = burn(group.limit(cores=0.5), "--percent-of-limit", "80", "-d", "5s")
    assert result["achieved_cores"] == pytest.approx(0.4, abs=0.02)
    assert result["cgroup"]["limit_cores"] == 0.5
    assert result["cgroup"]["periods"] >= 45
    assert result["cgroup"]["throttled_periods"] <= 0.1 * result["cgroup"]["periods"]
    assert done.returncode == 0


def test_150_percent_of_the_limit_stays_at_the_limit_and_is_throttled(group):
    group.limit(cores=0.5)
    before = group.read("cpuacct", "cpuacct.usage")
    result, done = burn(group, "--percent-of-limit", "150", "-d", "5s")
    used = (group.read("cpuacct", "cpuacct.usage") - before) / 1e9
    assert result["achieved_cores"] == pytest.approx(0.5, abs=0.03)
    assert result["cgroup"]["throttled_periods"] >= 0.8 * result["cgroup"]["periods"]
    assert result["outcome"] == "held at the limit"
    assert done.returncode == 0
    # The report agrees with the kernel's own accounting.
    assert used == pytest.approx(result["achieved_cores"] * result["duration_s"], rel=0.05, abs=0.05)


def test_cores_above_the_limit_are_not_reached_and_the_reason_is_the_limit(group):
    result, done = burn(group.limit(cores=0.2), "--cores", "1", "-d", "2s")
    assert done.returncode == 3
    assert "limit of 200m" in result["reason"]


def test_a_limit_that_changes_in_mid_run_is_followed(group):
    group.limit(cores=0.5)
    run = group.start([CPUBURN, "--percent-of-limit", "90", "-d", "6s", "--json", "-", "--quiet"],
                      stdout=subprocess.PIPE, text=True)
    time.sleep(2)
    group.limit(cores=0.3)
    time.sleep(2)  # has to be there two seconds later
    before, at = group.read("cpuacct", "cpuacct.usage"), time.monotonic()
    time.sleep(1.5)
    cores = (group.read("cpuacct", "cpuacct.usage") - before) / 1e9 / (time.monotonic() - at)
    result = read_result(run.communicate(timeout=20)[0])
    assert cores == pytest.approx(0.27, abs=0.02)
    assert result["cgroup"]["limit_cores"] == 0.3


def test_a_percentage_of_a_limit_that_is_not_set_is_bad_usage(group):
    done = group.run([CPUBURN, "--percent-of-limit", "80", "-d", "1s"])
    assert (done.returncode, done.stdout) == (2, "")
    assert "no CPU limit is set" in done.stderr and done.stderr.count("\n") == 1
    done = group.run([MEMBLOAT, "--percent-of-limit", "80"])
    assert (done.returncode, done.stdout) == (2, "")
    assert "no memory limit is set" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("sent, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_cpuburn_ends_at_once_with_its_result_on(sent, code, group):
    run = group.start([CPUBURN, "--cores", "200m", "-d", "10m", "--json", "-", "--quiet"],
                      stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    run.send_signal(sent)
    at = time.monotonic()
    result = read_result(run.communicate(timeout=5)[0])
    assert time.monotonic() - at < 0.5
    assert run.returncode == code
    assert result["outcome"] == "interrupted"
    assert result["achieved_cores"] == pytest.approx(0.2, abs=0.03)


# --- membloat, below the limit ---


def test_90_percent_of_the_limit_is_held_without_a_kill(group):
    group.limit(memory=256 * MI)
    done = group.run([MEMBLOAT, "--percent-of-limit", "90", "--hold", "3s", "--json", "-"])
    result = read_result(done.stdout)
    assert done.returncode == 0, done.stderr
    for reading in (result["reached_bytes"], result["held_bytes"]["min"], result["held_bytes"]["max"],
                    result["peak_bytes"], group.read("memory", "memory.max_usage_in_bytes")):
        assert reading / (256 * MI) == pytest.approx(0.9, abs=0.005)
    assert group.oom_kills() == 0


def test_what_the_container_already_uses_is_part_of_the_percentage(group, containers):
    group.limit(memory=128 * MI)
    containers("/usr/bin/python3", "-c", big(50))
    used_before = group.read("memory", "memory.usage_in_bytes")
    assert used_before > 50 * MI
    done = group.run([MEMBLOAT, "--percent-of-limit", "75", "--hold", "1s", "--json", "-"])
    result = read_result(done.stdout)
    assert result["cgroup"]["usage_bytes"] / (128 * MI) == pytest.approx(0.75, abs=0.005)
    assert result["resident_bytes"] < 96 * MI - 50 * MI


def test_progress_comes_before_each_step(group):
    group.limit(memory=64 * MI)
    done = group.run([MEMBLOAT, "--percent-of-limit", "50", "--hold", "0s"])
    steps = [line for line in done.stderr.splitlines() if "taking" in line]
    assert len(steps) >= 10
    assert "of 64Mi, membloat 0; taking" in steps[0]


def test_the_rate_is_kept(group):
    group.limit(memory=64 * MI)
    at = time.monotonic()
    done = group.run([MEMBLOAT, "--bytes", "20Mi", "--rate", "10Mi/s", "--hold", "0s", "--quiet"])
    assert done.returncode == 0
    assert time.monotonic() - at == pytest.approx(2.0, abs=0.4)


def test_membloat_gives_its_result_on_sigterm(group):
    run = group.limit(memory=64 * MI).start(
        [MEMBLOAT, "--bytes", "8Mi", "--hold", "10m", "--json", "-", "--quiet"],
        stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    run.terminate()
    result = read_result(run.communicate(timeout=5)[0])
    assert run.returncode == 143
    assert result["resident_bytes"] == 8 * MI


def test_without_a_limit_the_machine_is_spared(group):
    done = group.run([MEMBLOAT, "--bytes", "1000Ti"])
    assert (done.returncode, done.stdout) == (4, "")
    assert "80%" in done.stderr


# --- membloat, past the limit ---


def exceed(container: Container, *arguments: str, **options) -> subprocess.CompletedProcess:
    return container.exec([MEMBLOAT, "--percent-of-limit", "120", *arguments], **options)


def test_victim_self_is_one_kill_and_the_container_lives(group, containers):
    container = containers("/usr/bin/python3", "-c", SLEEPER)
    group.limit(memory=64 * MI)
    done = exceed(container, "--victim", "self")
    assert done.returncode in (-signal.SIGKILL, 137)
    assert group.oom_kills() == 1
    time.sleep(0.5)
    assert container.alive()
    assert group.oom_kills() == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "about to exceed limit" in last and "of 64Mi" in last and "only membloat" in last


def test_victim_self_also_where_pid_1_is_larger_than_what_is_left(group, containers):
    container = containers("/usr/bin/python3", "-c", big(40))
    group.limit(memory=64 * MI)
    done = exceed(container, "--victim", "self")
    assert done.returncode in (-signal.SIGKILL, 137)
    assert group.oom_kills() == 1
    assert container.alive()


@pytest.mark.parametrize("adj", [0, 999])
def test_victim_container_kills_pid_1(group, containers, adj, nobodys_folder, nobodys_membloat):
    container = containers("/usr/bin/python3", "-c", SLEEPER)
    # 999 is what kubelet gives a small Burstable container; an exec'd process inherits it.
    pathlib.Path(f"/proc/{container.first}/oom_score_adj").write_text(str(adj))
    group.limit(memory=64 * MI)
    enter = ["/usr/bin/python3", "-c",
             f"import os, sys; open('/proc/self/oom_score_adj', 'w').write('{adj}'); "
             "os.execvp(sys.argv[1], sys.argv[1:])"]
    done = container.exec([*enter, nobodys_membloat, "--percent-of-limit", "120",
                           "--json", nobodys_folder / "result.json"])
    assert container.wait_for_end(5), done.stderr
    assert container.killed()
    assert done.returncode in (-signal.SIGKILL, 137)
    assert "the kernel will kill PID 1" in done.stderr.strip().splitlines()[-1]
    assert group.oom_kills() >= 1
    # The file that was written before the last step outlives the kill.
    result = read_result((nobodys_folder / "result.json").read_text())
    assert result["outcome"] == "about to exceed the limit"
    assert result["cgroup"]["usage_bytes"] > 50 * MI


def test_victim_container_as_the_container_itself(group, containers):
    group.limit(memory=64 * MI)
    container = containers(MEMBLOAT, "--percent-of-limit", "120", "--quiet")
    assert container.wait_for_end(10)
    assert container.killed()
    assert group.oom_kills() == 1


def test_victim_container_is_refused_where_another_process_is_larger(group, containers):
    container = containers("sh", "-c", f"/usr/bin/python3 -c \"{big(20)}\" & wait")
    group.limit(memory=64 * MI)
    adj = pathlib.Path(f"/proc/{container.first}/oom_score_adj")
    adj.write_text("1000")  # both at the top: size decides
    for line in (group.folders["memory"] / "cgroup.procs").read_text().split():
        pathlib.Path(f"/proc/{line}/oom_score_adj").write_text("1000")
    done = exceed(container)
    assert done.returncode == 4, done.stderr
    assert "python3" in done.stderr and "and not PID 1 (sh" in done.stderr
    assert group.oom_kills() == 0


def test_victim_container_is_refused_where_pid_1_belongs_to_another_cgroup(group):
    group.limit(memory=64 * MI)
    done = group.run([MEMBLOAT, "--percent-of-limit", "120"])
    assert (done.returncode, done.stdout) == (4, "")
    assert "PID 1 is not in this memory cgroup" in done.stderr
    assert group.oom_kills() == 0


def test_a_killer_that_is_switched_off_is_refused(group):
    group.limit(memory=64 * MI)
    (group.folders["memory"] / "memory.oom_control").write_text("1")
    done = group.run([MEMBLOAT, "--percent-of-limit", "120", "--victim", "self"])
    assert done.returncode == 4
    assert "oom_kill_disable" in done.stderr


# --- both ---


AS_MOUNTED_BY_A_RUNTIME = """
set -e
mount -t tmpfs none {place}
mkdir -p {place}/memory {place}/cpu {place}/cpuacct
mount --bind -o ro {memory} {place}/memory
mount --bind -o ro {cpu} {place}/cpu
mount --bind -o ro {cpuacct} {place}/cpuacct
umount -l /sys/fs/cgroup
mount --move {place} /sys/fs/cgroup
exec "$@"
"""

IN_A_CGROUP_NAMESPACE = """
set -e
mount -t tmpfs none {place}
mkdir -p {place}/memory {place}/cpu {place}/cpuacct
for controller in memory cpu cpuacct; do mount -t cgroup -o ro,$controller none {place}/$controller; done
umount -l /sys/fs/cgroup
mount --move {place} /sys/fs/cgroup
exec "$@"
"""


@pytest.mark.parametrize("how, namespaces", [
    pytest.param(AS_MOUNTED_BY_A_RUNTIME, ["--mount"], id="its own folder mounted"),
    pytest.param(IN_A_CGROUP_NAMESPACE, ["--mount", "--cgroup"], id="a cgroup namespace"),
])
def test_limits_are_found_inside_a_container(group, how, namespaces, tmp_path):
    group.limit(cores=0.3, memory=64 * MI)
    enter = ["unshare", *namespaces, "--propagation", "private", "sh", "-c",
             how.format(place=tmp_path, **group.folders), "sh"]
    done = group.run([*enter, CPUBURN, "--percent-of-limit", "50", "-d", "1s", "--json", "-", "--quiet"])
    assert done.returncode == 0, done.stderr
    assert read_result(done.stdout)["cgroup"]["limit_cores"] == 0.3
    done = group.run([*enter, MEMBLOAT, "--percent-of-limit", "50", "--hold", "0s", "--json", "-", "--quiet"])
    assert done.returncode == 0, done.stderr
    assert read_result(done.stdout)["cgroup"]["limit_bytes"] == 64 * MI


def test_a_limit_that_is_not_visible_is_an_error_and_no_guess(group):
    hidden = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
              'umount -l /sys/fs/cgroup; exec "$@"', "sh"]
    for program in (CPUBURN, MEMBLOAT):
        done = group.run([*hidden, program, "--percent-of-limit", "50"])
        assert (done.returncode, done.stdout) == (4, "")
        assert "mount /sys/fs/cgroup" in done.stderr and done.stderr.count("\n") == 1


def test_they_are_static_and_small():
    for program in (CPUBURN, MEMBLOAT):
        headers = subprocess.run(["readelf", "--program-headers", program], capture_output=True, text=True, check=True)
        assert "LOAD" in headers.stdout and "INTERP" not in headers.stdout
        assert program.stat().st_size < 12 * MI


def test_they_run_as_nobody_with_nothing_but_themselves():
    """A root of their own that holds the program and nothing else, not even /proc."""
    for program, arguments in ((CPUBURN, ["--version"]), (MEMBLOAT, ["--help"])):
        done = subprocess.run(["chroot", "--userspec=65534:65534", BIN, "/" + program.name, *arguments],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
