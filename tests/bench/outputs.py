"""Reads what load generators print. Pure functions, tested by test_bench.py.

Each returns {"requests": whole responses with status 200 (where told apart), "latency_s": {percentile: seconds}}; the
latter only where the tool gives percentiles. ValueError says what is missing from the output.
"""
import csv
import io
import json
import re

from figures import percentile

PERCENTILES = (95, 99, 99.9)
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


def find(pattern, text, tool):
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        raise ValueError(f"{tool} printed nothing like {pattern!r}: {text[-300:]!r}")
    return found.group(1)


def from_samples(seconds):
    return {"requests": len(seconds), "latency_s": {p: percentile(seconds, p) for p in PERCENTILES} if seconds else {}}


def loadgen(text):
    result = json.loads(text)
    latency = result["latency_ns"]
    return {"requests": result["requests"]["completed"], "doubt": result["reason"] if result["verdict"] == "inconclusive" else None,
            "latency_s": {p: latency[key] / 1e9 for p, key in zip(PERCENTILES, ("p95", "p99", "p99_9")) if latency[key] is not None}}


def floor(text):
    return {"requests": int(text)}


def wrk(text):
    return {"requests": int(find(r"(\d+) requests in", text, "wrk"))}


def wrk2(text):
    """wrk's output plus, with --latency, a 'Detailed Percentile spectrum' in ms."""
    rows = [(float(share), float(value)) for value, share in re.findall(r"^ +([\d.]+) +([01]\.\d+) +\d+ +\S+$", text, re.MULTILINE)]
    latency = {p: next(value for share, value in rows if share >= p / 100 - 1e-9) / 1e3 for p in PERCENTILES} if rows else {}
    return {**wrk(text), "latency_s": latency}


def h2load(text):
    return {"requests": int(find(r"^requests: .* (\d+) succeeded", text, "h2load"))}


def h2load_log(text):
    """--log-file: start in us, status, duration in us."""
    rows = [line.split("\t") for line in text.splitlines()]
    return from_samples([int(row[2]) / 1e6 for row in rows if row[1] == "200"])


def ab(text):
    return {"requests": int(find(r"^Complete requests: +(\d+)", text, "ab")) - int(find(r"^Failed requests: +(\d+)", text, "ab"))}


def hey(text):
    """The status codes are those of the first million only, so the total is rate x time; errors are counted in it."""
    rate, total = (float(find(pattern, text, "hey")) for pattern in (r"Requests/sec:\s+([\d.]+)", r"Total:\s+([\d.]+) secs"))
    errors = sum(int(count) for count in re.findall(r"^\s+\[(\d+)\]\s", text.partition("Error distribution:")[2], re.MULTILINE))
    return {"requests": round(rate * total) - errors}


def hey_csv(text):
    return from_samples([float(row["response-time"]) for row in csv.DictReader(io.StringIO(text)) if row["status-code"] == "200"])


def oha(text):
    result = json.loads(text)
    latency = result.get("latencyPercentiles", {})
    return {"requests": result["statusCodeDistribution"].get("200", 0),
            "latency_s": {p: latency[f"p{p}"] for p in PERCENTILES if latency.get(f"p{p}") is not None}}


def vegeta_report(text):
    return {"requests": json.loads(text)["status_codes"].get("200", 0)}


def vegeta_csv(text):
    """vegeta encode -to csv: time, status, latency in ns, ..."""
    return from_samples([int(row[2]) / 1e9 for row in csv.reader(io.StringIO(text)) if row[1] == "200"])


def bombardier(text):
    return {"requests": json.loads(text)["result"]["req2xx"]}


def fortio(text):
    result = json.loads(text)
    latency = {row["Percentile"]: row["Value"] for row in result["DurationHistogram"].get("Percentiles") or []}
    return {"requests": result["RetCodes"].get("200", 0), "latency_s": {p: latency[p] for p in PERCENTILES if p in latency}}


def k6(text):
    """--summary-export; failed requests are those that http_req_failed counted (there as passes: 'it is true that it failed')."""
    metrics = json.loads(text)["metrics"]
    latency = metrics["http_req_duration"]
    return {"requests": metrics["http_reqs"]["count"] - metrics["http_req_failed"]["passes"],
            "latency_s": {p: latency[f"p({p})"] / 1e3 for p in PERCENTILES if f"p({p})" in latency}}
