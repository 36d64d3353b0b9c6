"""Parts of ./dev bench loadgen. Each returns its raw numbers, and prints a Markdown table of them.

A tool that does not work is left out from then on, and named in bench.failures.
"""
import statistics
import sys

from figures import growth_per_million, pacing, percentile, ratios, spread, stalled_latency, table
from measure import ToolFailed
from outputs import PERCENTILES
from tools import TOOLS, Job

OURS = ("loadgen", "floor")   # without these there is nothing to compare
CLOSED_CONNECTIONS = (1, 64, 512)
RATES = (1000, 10_000)
RATE_CONNECTIONS = 10
IDLE_CONNECTIONS, IDLE_RATE = 10_000, 100


class Round:
    """Calls tools one after the other, round by round, so that a noisy minute of the machine meets all of them."""

    def __init__(self, bench, names, call):
        self.bench, self.names, self.call, self.failed = bench, list(names), call, {}

    def run(self, rounds, what):
        """{tool: [figures of each round]}; None for a round that did not work."""
        found = {name: [None] * rounds for name in self.names}
        for i in range(rounds):
            for name in self.names[i % len(self.names):] + self.names[:i % len(self.names)]:
                if name in self.failed:
                    continue
                print(f"{what}, round {i + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
                try:
                    found[name][i] = self.call(name)
                except ToolFailed as error:
                    if name in OURS:
                        raise
                    self.failed[name] = str(error)
                    self.bench.failures.append(f"{what}: {error}")
        return found


def column(rounds, key):
    return [None if figures is None else figures[key] for figures in rounds]


def by_median(found, key):
    """Tools with data, best first."""
    working = [name for name in found if any(found[name])]
    return sorted(working, key=lambda name: statistics.median(v for v in column(found[name], key) if v is not None))


def doubts(found):
    """What loadgen itself says against its runs (exit code 3), as a line below the table."""
    said = [figures["doubt"] for figures in found["loadgen"] if figures and figures["doubt"]]
    return f"\n\nloadgen calls {len(said)} of its {len(found['loadgen'])} runs inconclusive: {said[-1]}." if said else ""


def closed(bench, installed, plan):
    """As fast as it goes: CPU time per request."""
    raw = {}
    print(f"\n### Closed loop: CPU time per request\n\n{plan.rounds} interleaved rounds of {plan.seconds} s each: median (min-max). "
          "User and system time of the generator over completed requests. Ratios are taken round by round.")
    for connections in CLOSED_CONNECTIONS:
        def call(name, connections=connections):
            run = bench.measure(name, TOOLS[name].closed, Job(0, connections, plan.seconds, None))
            requests = run.outcome["requests"]
            return {"cpu_us_per_request": run.cpu_s * 1e6 / requests, "requests": requests, "rate": requests / plan.seconds,
                    "cpu_share": run.cpu_s / run.wall_s, "server_cpu_share": run.server_cpu, "doubt": run.outcome.get("doubt")}

        names = [name for name in installed if TOOLS[name].closed]
        found = Round(bench, names, call).run(plan.rounds, f"closed, {connections} connections")
        rows = []
        for name in by_median(found, "cpu_us_per_request"):
            cpu = column(found[name], "cpu_us_per_request")
            against = [spread(ratios(cpu, column(found[base], "cpu_us_per_request"))) if base in found else "-" for base in ("wrk", "floor")]
            rows.append([name, spread(cpu), *against, *(f"{statistics.median(filter(None, column(found[name], key))) * scale:,.0f}"
                         for key, scale in (("rate", 1), ("cpu_share", 100), ("server_cpu_share", 100)))])
        word = "connection" if connections == 1 else "connections"
        print(f"\n**{connections} {word}**\n\n" + table(["tool", "CPU us per request", "of wrk", "of the floor", "requests/s",
                                                          "its CPU %", "server's CPU %"], rows) + doubts(found), flush=True)
        raw[connections] = found
    return raw


def pace(bench, installed, plan):
    """At a given rate: how far from even the arrivals at the server are, and what keeping the rate costs."""
    raw = {}
    print(f"\n### Pacing: arrivals at the server against an even schedule\n\n{RATE_CONNECTIONS} connections, {plan.pacing_rounds} "
          f"interleaved rounds of {plan.pacing_seconds} s: median (min-max). Absolute error of the k-th arrival against t0 + k/rate, "
          "t0 fitted; the server notes the first byte of each request.")
    for rate in RATES:
        def call(name, rate=rate):
            run = bench.measure_arrivals(name, TOOLS[name].paced, Job(0, RATE_CONNECTIONS, plan.pacing_seconds, None, rate))
            if len(run.times) < 2:
                raise ToolFailed(f"{name} sent {len(run.times)} requests")
            return {**pacing(run.times, rate), "cpu_share": run.cpu_s / run.wall_s * 100, "doubt": run.outcome.get("doubt")}

        names = [name for name in installed if TOOLS[name].paced]
        found = Round(bench, names, call).run(plan.pacing_rounds, f"pacing, {rate}/s")
        rows = [[name, *(spread(column(found[name], key), digits) for key, digits in
                         (("p50_us", 0), ("p90_us", 0), ("p99_us", 0), ("rate_error_percent", 3), ("cpu_share", 1)))]
                for name in by_median(found, "p99_us")]
        print(f"\n**{rate}/s**\n\n" + table(["tool", "p50 us", "p90 us", "p99 us", "rate error %", "its CPU %"], rows) + doubts(found), flush=True)
        raw[rate] = found
    return raw


def stall(bench, installed, plan):
    """The server freezes: who counts the requests that were due meanwhile?"""
    period, freeze, rate = plan.stall_period, plan.stall, RATES[0]
    truth = {p: stalled_latency(p, freeze, period) for p in PERCENTILES}

    def call(name):
        # wrk2 leaves its first 10 s out: whole periods must follow them
        seconds = plan.stall_seconds + (period * -(-10 // period) if name == "wrk2" else 0)
        run = bench.measure(name, TOOLS[name].stalled, Job(0, RATE_CONNECTIONS, seconds, None, rate), ("stall", period * 1000, round(freeze * 1000)))
        latency = {f"p{p}": run.outcome["latency_s"].get(p) for p in PERCENTILES}
        return {**latency, "requests": run.outcome["requests"], "asked": rate * seconds, "doubt": run.outcome.get("doubt")}

    names = [name for name in installed if TOOLS[name].stalled]
    found = Round(bench, names, call).run(1, "stall")
    ms = [f"{truth[p] * 1e3:.0f}" for p in PERCENTILES]
    rows = [["**truth**", *ms, "", f"{rate * plan.stall_seconds}"]]
    for name in (name for name in names if found[name][0]):
        figures = found[name][0]
        values = [figures[f"p{p}"] for p in PERCENTILES]
        far = max((abs(value - truth[p]) for value, p in zip(values, PERCENTILES) if value is not None), default=None)
        rows.append([name, *("-" if value is None else f"{value * 1e3:.1f}" for value in values), "-" if far is None else f"{far * 1e3:.0f}",
                     f"{figures['requests']} of {figures['asked']}"])
    print(f"\n### Stall: a server that freezes {freeze:g} s in every {period} s\n\n{rate}/s over {RATE_CONNECTIONS} connections for "
          f"{plan.stall_seconds} s. Latency in ms. Truth, from when each request was due: L_p = max(0, S - (1 - p) T).\n\n"
          + table(["tool", "p95", "p99", "p99.9", "farthest off", "requests"], rows) + doubts(found), flush=True)
    return {"truth_s": truth, "tools": found}


def memory(bench, installed, plan):
    """Does memory grow with the requests? What do open connections cost?"""
    connections = CLOSED_CONNECTIONS[1]

    def call(name):
        run = bench.measure(name, TOOLS[name].closed, Job(0, connections, plan.memory_seconds, None), watch_memory=True)
        settled = [rss for t, rss in run.rss if t >= min(1.0, plan.memory_seconds / 2)]
        if not settled:
            raise ToolFailed(f"{name} ended too soon to look at its memory")
        # What is left of the run: before the tool computes its results
        last = percentile([rss for t, rss in run.rss if t >= plan.memory_seconds - 1] or settled, 50)
        share = max(0.1, 1 - 1 / plan.memory_seconds)
        return {"first": settled[0], "last": last, "peak": run.peak_rss, "requests": run.outcome["requests"],
                "per_million": growth_per_million(settled[0], last, run.outcome["requests"] * share)}

    names = [name for name in installed if TOOLS[name].closed and name != "floor"]
    found = Round(bench, names, call).run(1, "memory")
    rows = [[name, f"{figures['requests'] / 1e6:.2f}", *(f"{figures[key] / 2**20:.1f}" for key in ("first", "last", "peak", "per_million"))]
            for name, (figures,) in found.items() if figures]
    print(f"\n### Memory\n\nClosed loop, {connections} connections, {plan.memory_seconds} s at full speed: resident memory in MiB.\n\n"
          + table(["tool", "million requests", "after 1 s", "at the end", "peak", "growth per million"], rows), flush=True)
    raw = {"closed": found, "idle": None}
    if bench.files < IDLE_CONNECTIONS + 100:
        print(f"\nNot measured: {IDLE_CONNECTIONS} connections need more than the {bench.files} open files allowed here (ulimit -Hn).")
        return raw
    print("memory, idle connections: loadgen", file=sys.stderr, flush=True)
    run = bench.measure("loadgen", TOOLS["loadgen"].paced, Job(0, IDLE_CONNECTIONS, plan.idle_seconds, None, IDLE_RATE), watch_memory=True)
    raw["idle"] = {"connections": IDLE_CONNECTIONS, "rate": IDLE_RATE, "peak": run.peak_rss, "requests": run.outcome["requests"]}
    print(f"\nloadgen with {IDLE_CONNECTIONS:,} open connections at {IDLE_RATE}/s: {run.peak_rss / 2**20:.1f} MiB at most, "
          f"{run.peak_rss / IDLE_CONNECTIONS / 1024:.2f} KiB per connection.")
    return raw

