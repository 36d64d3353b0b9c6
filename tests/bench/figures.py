"""What ./dev bench loadgen computes from its measurements: pure functions, tested by test_bench.py."""
import math
import statistics


def percentile(values, p):
    """The smallest value that at least p percent of the values do not exceed (nearest rank); values need not be sorted."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(p / 100 * len(ordered) - 1e-9) - 1)]


def ratios(rounds, base):
    """Round by round, so that a noisy minute counts in both; rounds that either lacks are left out."""
    return [a / b for a, b in zip(rounds, base) if a is not None and b is not None]


def spread(values, digits=2):
    """'median (min-max)' of what is there; '-' when nothing is, and no range of a single value."""
    values = [value for value in values if value is not None]
    if len(values) < 2:
        return f"{values[0]:.{digits}f}" if values else "-"
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def fit_start(times, rate):
    """The start of the schedule t0 + k/rate that fits best: the median of t_k - k/rate. Same unit as 1/rate, here s."""
    return statistics.median(t - k / rate for k, t in enumerate(times))


def pacing(times, rate):
    """How far arrivals (s, in order) are from an even schedule at `rate` per second; errors in us, of both signs."""
    start = fit_start(times, rate)
    errors = [abs(t - start - k / rate) * 1e6 for k, t in enumerate(times)]
    achieved = (len(times) - 1) / (times[-1] - times[0])
    return {"requests": len(times), **{f"p{p}_us": percentile(errors, p) for p in (50, 90, 99)},
            "rate_error_percent": (achieved / rate - 1) * 100}


def stalled_latency(p, stall, period, rho=0.0, service=0.0):
    """Latency percentile, from the intended start, of an even load on a server that freezes `stall` in each `period` (s).

    Arrivals in the stall wait for its end; the backlog then drains with the share 1 - rho of the capacity:
    P(L > x) = (stall - x) / ((1 - rho) period), as long as stall / (1 - rho) <= period.
    """
    return service + max(0.0, stall - (1 - p / 100) * (1 - rho) * period)


def growth_per_million(first_bytes, last_bytes, requests):
    """Bytes of memory that a million requests add."""
    return (last_bytes - first_bytes) / requests * 1e6


def table(header, rows):
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
