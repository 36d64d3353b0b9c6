"""The arithmetic of ./dev bench burners, on made-up data."""
import pathlib
import subprocess

import pytest

import burner_rows
import burners


def named(name):
    rows = [*burner_rows.cpu_rows(), *burner_rows.memory_rows("memset")]
    return next(row for row in rows if name in row.name)


@pytest.mark.parametrize("name, good, bad", [
    ("calm, 40", {"cores": 0.4049}, {"cores": 0.3949}),
    ("hogs", {"cores": 0.3951}, {"cores": 0.3949}),
    ("98 %", {"cores": 0.49, "throttled": 0}, {"cores": 0.49, "throttled": 1}),
    ("150 %", {"cores": 0.504, "throttled %": 98.0}, {"cores": 0.504, "throttled %": 97.9}),
    ("150 %", {"cores": 0.496, "throttled %": 100.0}, {"cores": 0.494, "throttled %": 100.0}),
    ("two cores", {"cores": 1.4901}, {"cores": 1.4899}),
    ("own use", {"cores": 0.0019}, {"cores": 0.002}),
    ("300m", {"cores": 0.2749}, {"cores": 0.2751}),
    ("SIGTERM", {"ms": 9.9}, {"ms": 10.1}),
    ("hold", {"lowest %": 89.6, "highest %": 90.4, "kills": 0, "cores": 0.001}, {"lowest %": 89.6, "highest %": 90.6, "kills": 0, "cores": 0.001}),
    ("victim self", {"kills": 1, "PID 1 alive": 1, "exit code": 137}, {"kills": 2, "PID 1 alive": 1, "exit code": 137}),
    ("victim container", {"kills": 1, "PID 1 alive": 0, "exit code": 137}, {"kills": 1, "PID 1 alive": 1, "exit code": 137}),
])
def test_what_counts_as_reached(name, good, bad):
    row = named(name)
    assert row.met([good])
    assert not row.met([bad])


def test_use_is_judged_by_the_median_and_throttling_by_every_round():
    assert named("calm, 40").met([{"cores": 0.1}, {"cores": 0.4}, {"cores": 0.401}])
    assert not named("98 %").met([{"throttled": 0}, {"throttled": 0}, {"throttled": 1}])


def test_speed_is_compared_round_by_round():
    row = named("fill")
    assert burners.is_met(row, [{"GiB/s": 1.0}, {"GiB/s": 4.0}], [{"GiB/s": 1.2}, {"GiB/s": 5.0}])
    assert not burners.is_met(row, [{"GiB/s": 0.7}], [{"GiB/s": 1.0}])


def test_a_cell_shows_median_and_range():
    rounds = [{"cores": 0.4, "throttled": 0}, {"cores": 0.41, "throttled": 0}, {"cores": 0.39, "throttled": 0}]
    assert burners.cell(rounds, ("cores", "throttled")) == "cores 0.4000 (0.3900-0.4100), throttled 0"


def test_memset_tells_its_seconds(tmp_path):
    program = burners.compile_memset(tmp_path)
    done = subprocess.run([program, str(1 << 20)], capture_output=True, text=True, check=True)
    assert float(done.stdout) > 0
    assert subprocess.run([program], capture_output=True).returncode == 2
    assert pathlib.Path(program).exists()
