"""A generator that was not running for a while says so, and does not call the result the target's."""
import signal
import subprocess
import time

from support.formats import read_result


def test_its_own_stall_shows_as_send_lag_and_makes_the_result_inconclusive(bin_folder, url):
    run = subprocess.Popen([bin_folder / "loadgen", "--rate", "100/s", "-d", "4s", "-c", "4", "--quiet", "--json", "-", url],
                           text=True, stdout=subprocess.PIPE)
    time.sleep(1.5)
    run.send_signal(signal.SIGSTOP)
    time.sleep(1)
    run.send_signal(signal.SIGCONT)
    result = read_result(run.communicate(timeout=60)[0])
    assert run.returncode == 3
    assert result["verdict"] == "inconclusive"
    assert result["generator"]["saturated"] and "late" in result["generator"]["reason"]
    # Nothing of the schedule is lost, and what was late says how late.
    assert result["requests"]["sent"] == 400
    for lag in ("send_lag_ns", "schedule_lag_ns", "latency_ns"):
        assert result[lag]["max"] > 900_000_000
