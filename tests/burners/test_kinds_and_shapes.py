"""What membloat takes and how it moves; how both programs explain themselves and end. In cgroups (version 1)."""
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

from support.cgroups import CPUBURN, MEMBLOAT
from support.formats import read_result

MI = 1024 * 1024


def result_of(done) -> dict:
    assert done.stdout, done.stderr
    return read_result(done.stdout)


def stat(group, key: str) -> int:
    return group.read_key("memory", "memory.stat", key)


# --- kinds ---


@pytest.mark.parametrize("kind, key", [
    ("anonymous", "rss"), ("mlock", "unevictable"), ("memfd", "shmem"), ("page-cache", "inactive_file")])
def test_each_kind_is_charged_as_what_it_is(group, kind, key, tmp_path):
    group.limit(memory=256 * MI)
    # Page cache needs a folder that is not a tmpfs.
    folder = ["--dir", tmp_path] if kind == "page-cache" else []
    run = group.start([MEMBLOAT, "--bytes", "64Mi", "--hold", "30s", "--kind", kind, *folder, "--json", "-"],
                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in run.stderr:
        if "holding" in line:
            break
    else:
        pytest.fail(run.communicate()[0])
    taken = stat(group, key)
    run.terminate()
    result = read_result(run.communicate(timeout=10)[0])
    assert run.returncode == 143
    assert taken == pytest.approx(64 * MI, abs=2 * MI)
    assert result["resident_bytes"] == 64 * MI
    # It is given back.
    assert stat(group, key) < 2 * MI
    assert group.oom_kills() == 0


def test_90_percent_is_exact_with_each_kind(group):
    group.limit(memory=128 * MI)
    for kind in ("memfd", "mlock"):
        done = group.run([MEMBLOAT, "--percent-of-limit", "90", "--hold", "0s", "--kind", kind, "--json", "-"])
        assert done.returncode == 0, done.stderr
        assert result_of(done)["reached_bytes"] / (128 * MI) == pytest.approx(0.9, abs=0.005)


def test_page_cache_on_a_tmpfs_is_refused(group):
    if os.statvfs("/dev/shm").f_bavail == 0:
        pytest.skip("/dev/shm is not there")
    done = group.limit(memory=64 * MI).run([MEMBLOAT, "--bytes", "8Mi", "--kind", "page-cache", "--dir", "/dev/shm"])
    assert (done.returncode, done.stdout) == (4, "")
    assert "tmpfs" in done.stderr and done.stderr.count("\n") == 1


def test_mlock_without_the_right_to_it_is_refused_with_the_numbers(group, nobodys_membloat):
    done = group.limit(memory=64 * MI).run(
        ["setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all", "prlimit",
         "--memlock=65536:65536", nobodys_membloat, "--bytes", "8Mi", "--kind", "mlock", "--hold", "0s"])
    assert (done.returncode, done.stdout) == (4, "")
    assert "may lock 64Ki (RLIMIT_MEMLOCK), and 8Mi is needed" in done.stderr


def test_huge_pages_are_used_when_asked_for_and_the_goal_stays_exact(group):
    if "[never]" in pathlib.Path("/sys/kernel/mm/transparent_hugepage/enabled").read_text():
        pytest.skip("this machine has no transparent huge pages")
    group.limit(memory=256 * MI)
    for switch, least, most in (("off", 0, 0), ("on", 32 * MI, 256 * MI)):
        done = group.run([MEMBLOAT, "--percent-of-limit", "80", "--hold", "0s", "--thp", switch, "--json", "-"])
        result = result_of(done)
        assert result["reached_bytes"] / (256 * MI) == pytest.approx(0.8, abs=0.005)
        assert least <= (result["huge_page_bytes"] or 0) <= most


def test_every_page_is_written_and_none_is_like_another(group):
    group.limit(memory=64 * MI)
    run = group.start([MEMBLOAT, "--bytes", "4Mi", "--hold", "30s"], stderr=subprocess.PIPE, text=True)
    next(line for line in run.stderr if "holding" in line)
    pages = set()
    with open(f"/proc/{run.pid}/maps") as maps, open(f"/proc/{run.pid}/mem", "rb") as memory:
        for line in maps:
            first, last = (int(x, 16) for x in line.split()[0].split("-"))
            # Its mapping is 2 MiB larger than what it takes, for alignment.
            if last - first < 4 * MI or "[" in line or "/" in line:
                continue
            memory.seek(first)
            data = memory.read(last - first)
            pages |= {data[at:at + 4096] for at in range(0, len(data), 4096)}
    run.terminate()
    run.wait(10)
    pages.discard(bytes(4096))
    assert len(pages) == 1024


# --- shapes ---


def test_a_sawtooth_goes_up_and_down_and_never_over_its_goal(group):
    group.limit(cores=1, memory=128 * MI)
    run = group.start([MEMBLOAT, "--percent-of-limit", "80", "--shape", "sawtooth:period=2s,low=25%", "--hold", "6s",
                       "--json", "-", "--quiet"], stdout=subprocess.PIPE, text=True)
    seen = []
    while run.poll() is None:
        seen.append(group.read("memory", "memory.usage_in_bytes") / (128 * MI))
        time.sleep(0.05)
    result = read_result(run.communicate()[0])
    assert run.returncode == 0
    assert max(seen) < 0.81
    assert result["held_bytes"]["max"] / (128 * MI) > 0.75
    assert result["held_bytes"]["min"] / (128 * MI) < 0.30
    falls = sum(1 for a, b in zip(seen, seen[1:]) if b < a - 0.2)
    assert falls >= 1
    assert group.oom_kills() == 0


def test_a_square_of_cpu_is_high_and_low(group):
    group.limit(cores=1)
    done = group.run([CPUBURN, "--cores", "400m", "--shape", "square:period=2s,low=25%", "-d", "4s", "--json", "-", "-q"])
    result = result_of(done)
    assert result["requested_cores"] == pytest.approx(0.25, abs=0.01)
    assert result["achieved_cores"] == pytest.approx(0.25, abs=0.03)


# --- the ends ---


@pytest.mark.parametrize("command", [
    [CPUBURN, "--cores", "50m", "-d", "10m"], [MEMBLOAT, "--bytes", "4Mi", "--hold", "10m"]], ids=["cpuburn", "membloat"])
class TestEnds:
    def start(self, group, command, *arguments, **options):
        group.limit(memory=64 * MI)
        return group.start([*command, "--json", "-", "--quiet", *arguments], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, **options)

    def test_when_standard_input_closes(self, group, command):
        run = self.start(group, command, "--until-stdin-closes", stdin=subprocess.PIPE)
        time.sleep(1)
        assert run.poll() is None
        output, errors = run.communicate(timeout=10)  # closes its standard input
        assert run.returncode in (0, 3), errors
        assert read_result(output)["reason"].endswith("and then standard input was closed")

    def test_standard_input_that_is_closed_already_is_bad_usage(self, group, command):
        run = self.start(group, command, "--until-stdin-closes", stdin=subprocess.DEVNULL)
        output, errors = run.communicate(timeout=10)
        assert (run.returncode, output) == (2, "")
        assert "kubectl exec -i" in errors

    def test_when_the_heartbeat_is_missed(self, group, command, tmp_path):
        beat = tmp_path / "beat"
        beat.touch()
        run = self.start(group, command, "--heartbeat", beat, "--heartbeat-age", "2s")
        for _ in range(8):
            time.sleep(0.5)
            beat.touch()
        assert run.poll() is None
        output, _ = run.communicate(timeout=20)
        assert run.returncode == 5
        assert read_result(output)["outcome"] == "aborted"
        assert str(beat) in read_result(output)["reason"]

    def test_at_once_on_sigterm(self, group, command):
        run = self.start(group, command)
        time.sleep(1)
        run.send_signal(signal.SIGTERM)
        run.communicate(timeout=5)
        assert run.returncode == 143


# --- explain ---


def test_a_dry_run_says_what_would_happen_and_does_nothing(group, containers):
    container = containers("/usr/bin/python3", "-c", "import signal; signal.pause()")
    group.limit(memory=64 * MI, cores=0.5)
    adj = pathlib.Path(f"/proc/{container.first}/oom_score_adj").read_text()
    used = group.read("memory", "memory.max_usage_in_bytes")
    done = container.exec([MEMBLOAT, "--percent-of-limit", "120", "--dry-run"])
    assert (done.returncode, done.stderr) == (0, "")
    assert "version 1" in done.stdout and re.search(r"limit +64Mi", done.stdout)
    assert re.search(r"who dies +PID 1 \(python3", done.stdout)
    assert group.read("memory", "memory.max_usage_in_bytes") < used + 8 * MI
    assert pathlib.Path(f"/proc/{container.first}/oom_score_adj").read_text() == adj
    done = container.exec([CPUBURN, "--percent-of-limit", "150", "--dry-run"])
    assert (done.returncode, done.stderr) == (0, "")
    assert "use stays at 500m, never above it" in done.stdout


def test_explain_comes_before_the_run_and_leaves_stdout_to_the_result(group):
    group.limit(memory=64 * MI, cores=0.5)
    done = group.run([MEMBLOAT, "--bytes", "4Mi", "--hold", "0s", "--explain", "--json", "-"])
    assert result_of(done)["resident_bytes"] == 4 * MI
    assert done.stderr.startswith("membloat: what will happen here, and why\n")
    assert "who dies" in done.stderr
    done = group.run([CPUBURN, "--cores", "50m", "-d", "1s", "--explain", "--json", "-"])
    assert result_of(done)["requested_cores"] == pytest.approx(0.05)
    assert done.stderr.startswith("cpuburn: what will happen here, and why\n")


def test_a_dry_run_of_what_is_refused_says_why_with_its_exit_code(group):
    group.limit(memory=64 * MI)
    done = group.run([MEMBLOAT, "--percent-of-limit", "120", "--dry-run"])
    assert done.returncode == 4
    assert "64Mi" in done.stdout and "PID 1 is not in this memory cgroup" in done.stderr
    done = group.run([CPUBURN, "--percent-of-limit", "80", "--dry-run"])
    assert done.returncode == 2
    assert "none is set" in done.stdout and "no CPU limit is set" in done.stderr


# --- bad input ---


@pytest.mark.parametrize("arguments, code, says", [
    (["--percent-of-limit", "0"], 2, "above 0"),
    (["--bytes", "0"], 2, "above 0"),
    (["--bytes", "-5"], 2, "-5"),
    (["--bytes", "9999999999Ti"], 2, "8Ei"),
    (["--percent-of-limit", "99999999999999999999999"], 2, "more than any machine"),
    (["--leave", "64Mi"], 2, "the limit is only 64Mi"),
    (["--bytes", "8Mi", "--hold", "31d"], 2, "30d"),
    (["--bytes", "8Mi", "--rate", "0"], 2, "rate"),
    (["--bytes", "8Mi", "--kind", "stone"], 2, "page-cache"),
    (["--bytes", "8Mi", "--kind", "memfd", "--thp", "on"], 2, "huge pages"),
    (["--bytes", "8Mi", "--dir", "/tmp"], 2, "page-cache"),
    (["--bytes", "8Mi", "--rate", "1Mi/s", "--shape", "sine:period=1s"], 2, "exclude"),
    (["--percent-of-limit", "120", "--kind", "page-cache"], 2, "cannot exceed"),
    (["--percent-of-limit", "120", "--shape", "sine:period=1s"], 2, "nothing to shape"),
    (["--bytes", "8Mi", "--kind", "page-cache", "--dir", "/does/not/exist"], 4, "/does/not/exist"),
    (["--bytes", "8Mi", "--heartbeat", "/does/not/exist"], 2, "/does/not/exist"),
])
def test_what_membloat_cannot_do_is_one_clear_line(group, arguments, code, says):
    done = group.limit(memory=64 * MI).run([MEMBLOAT, *arguments])
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert says in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments, says", [
    (["--cores", "0"], "above 0"),
    (["--cores", "-1"], "-1"),
    (["--cores", "99999999999"], "more than any machine"),
    (["--percent-of-limit", "1e9"], "1e9"),
    (["--percent-of-node", "101"], "CPU"),
    (["--percent-of-request", "150"], "--request"),
    (["--percent-of-request", "150", "--request", "0"], "--request"),
    (["--cores", "100m", "-d", "0s"], "above 0"),
    (["--cores", "100m", "-d", "31d"], "30d"),
    (["--cores", "100m", "--ramp", "2m"], "shorter"),
    (["--cores", "100m", "--shape", "trace:/does/not/exist"], "/does/not/exist"),
])
def test_what_cpuburn_cannot_do_is_one_clear_line(group, arguments, says):
    done = group.limit(cores=0.5).run([CPUBURN, *arguments])
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert says in done.stderr and done.stderr.count("\n") == 1


def test_the_request_comes_from_the_downward_api(group):
    for value, code in (("250", 0), ("0", 2), ("250m", 2)):
        done = group.limit(cores=0.5).run([CPUBURN, "--percent-of-request", "40", "--dry-run"],
                                          env={"CPU_REQUEST_MILLICORES": value})
        assert done.returncode == code, done.stderr
    done = group.run([CPUBURN, "--percent-of-request", "40", "--dry-run"], env={"CPU_REQUEST_MILLICORES": "250"})
    assert "100m (40% of the request of 250m)" in done.stdout


def test_forced_it_begins_and_the_machine_is_spared_all_the_same(group):
    """Only the beginning: it is ended long before the machine has less."""
    run = group.start([MEMBLOAT, "--bytes", "1Ti", "--force", "--rate", "1Mi/s", "--hold", "0s"],
                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    assert run.poll() is None
    run.terminate()
    run.communicate(timeout=10)
    assert run.returncode == 143
