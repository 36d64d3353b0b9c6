"""Waiting for what another process does."""
import time


def wait_until(condition, seconds=10, every=0.02, said=""):
    """What condition() gives once that is true. Fails after so many seconds, with what `said` is or returns."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, said() if callable(said) else said
        time.sleep(every)
    return found
