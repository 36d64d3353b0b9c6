"""What loadgen hands out beside its text: /metrics while it runs, and the files it leaves."""
import contextlib
import html.parser
import http.server
import json
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.request

import pytest


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def url():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture
def loadgen(bin_folder):
    return str(bin_folder / "loadgen")


@contextlib.contextmanager
def a_run_with_metrics(loadgen, url):
    """A slow open loop without an end; gives the address that it names on stderr."""
    process = subprocess.Popen([loadgen, "--rate", "20/s", "-d", "60s", "-c", "2", "--quiet", "--metrics-port", "0", url],
                               text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        port = re.search(r"metrics at http://0\.0\.0\.0:(\d+)/metrics", process.stderr.readline()).group(1)
        yield f"http://127.0.0.1:{port}/metrics"
    finally:
        process.terminate()
        process.communicate(timeout=20)
    assert process.returncode == 143


def scrape(address):
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return answer.read().decode()


def samples(text):
    return {series: float(value) for series, value in re.findall(r"^plimsoll_loadgen_(\S+) (\S+)$", text, re.MULTILINE)}


def test_metrics_follow_the_run_and_pass_promtool(loadgen, url):
    with a_run_with_metrics(loadgen, url) as address:
        until = time.monotonic() + 30
        while samples(text := scrape(address))['requests_total{state="completed"}'] == 0:
            assert time.monotonic() < until, text
            time.sleep(0.1)
    found = samples(text)
    requests = {state: found[f'requests_total{{state="{state}"}}'] for state in ("scheduled", "sent", "completed", "failed", "dropped")}
    assert requests["scheduled"] == requests["sent"] + requests["dropped"] + found["queued_requests"]
    assert requests["sent"] == requests["completed"] + requests["failed"] + found["in_flight_requests"]
    assert found['responses_total{code="200"}'] == requests["completed"] == found["latency_seconds_count"]
    assert found['latency_seconds_bucket{le="+Inf"}'] == requests["completed"]
    assert found["send_lag_seconds_count"] == requests["sent"]
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not on PATH: ./dev setup builds it where Go is installed")
    checked = subprocess.run([promtool, "check", "metrics"], input=text, text=True, capture_output=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout + checked.stderr == ""


def test_a_metrics_port_in_use_is_exit_4_in_one_line(loadgen, url):
    port = re.search(r":(\d+)/", url).group(1)
    run = subprocess.run([loadgen, "-n", "1", "--metrics-port", port, url], text=True, capture_output=True, timeout=20)
    assert run.returncode == 4
    assert run.stdout == ""
    assert run.stderr == (f"loadgen: cannot serve metrics on port {port}: Address already in use; "
                          "choose another --metrics-port, or 0\n")


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_what_is_no_port_is_exit_2(loadgen, url, port):
    run = subprocess.run([loadgen, "-n", "1", "--metrics-port", port, url], text=True, capture_output=True, timeout=20)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1 and "--metrics-port" in run.stderr


class Page(html.parser.HTMLParser):
    """Every start has its end; no tag that loads or runs anything."""

    def __init__(self, text):
        super().__init__()
        self.open, self.text = [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        assert tag not in {"script", "link", "img", "iframe", "a", "object", "form"}, tag
        assert not [name for name, _ in attributes if name.startswith("on") or name in ("src", "href")]
        if tag not in ("meta", "line", "rect", "path", "i"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("line", "rect", "path", "i"):
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_html_is_one_page_in_which_an_attack_is_text(loadgen, url, tmp_path):
    attack = "?q=</title><script>alert(1)</script><img/src=x/onerror=alert(1)>\"'"
    run = subprocess.run([loadgen, "--rate", "50/s", "-d", "1s", "--warmup", "1s", "-c", "2", "--quiet", "--html", tmp_path / "load.html",
                          "--threshold", "errors<0.1%", "-H", "Authorization: Bearer secret", url + attack],
                         text=True, capture_output=True, timeout=20)
    assert run.returncode in (0, 3), run.stderr  # 3 on a machine that is too busy
    text = (tmp_path / "load.html").read_text()
    shown = Page(text).text
    assert attack in shown and "secret" not in text
    assert text.count("<svg") == 2 * 3 and "nan" not in shown
    for heading in ("Thresholds", "Requests", "Latency", "Over time", "Phases", "Status and errors", "Connections", "Load generator"):
        assert f"<h2>{heading}</h2>" in text


def test_a_page_that_cannot_be_written_is_exit_4(loadgen, url):
    run = subprocess.run([loadgen, "-n", "1", "--quiet", "--html", "/nowhere/load.html", url], text=True, capture_output=True, timeout=20)
    assert run.returncode == 4 and "/nowhere/load.html" in run.stderr and run.stderr.count("\n") == 1


def test_memory_is_its_own_and_not_that_of_who_started_it(loadgen, url):
    big = bytearray(200 << 20)
    for page in range(0, len(big), 4096):
        big[page] = 1
    run = subprocess.run([loadgen, "-n", "10", "-c", "1", "--json", "-", url], text=True, capture_output=True, timeout=20,
                         preexec_fn=lambda: None)  # fork, not vfork
    assert 0 < json.loads(run.stdout)["generator"]["max_rss_bytes"] < 100 << 20


def test_a_run_that_is_killed_leaves_the_log_of_its_seconds(loadgen, url, tmp_path):
    log = tmp_path / "load.hlog"
    process = subprocess.Popen([loadgen, "--rate", "20/s", "-d", "60s", "-c", "1", "--quiet", "--hdr-log", log, url], stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 30
        while not (log.exists() and "HISTFAAA" in log.read_text()):
            assert time.monotonic() < until
            time.sleep(0.1)
    finally:
        process.kill()
        process.wait(timeout=20)
    lines = log.read_text().splitlines()
    assert lines[0] == "#[Histogram log format version 1.3]"
    assert re.fullmatch(r"0\.000,1\.000,[0-9.]+,HISTFAAA[A-Za-z0-9+/=]+", lines[3]), lines[3]


HISTOGRAM = {key: int for key in ("count", "min", "mean", "stddev", "p50", "p75", "p90", "p95", "p99", "p99_9", "p99_99", "max")}
RECORD = {
    "requests": {key: int for key in ("scheduled", "sent", "completed", "failed", "dropped", "unfinished")},
    "status": {"200": int}, "errors": {}, "bytes": {"sent": int, "received": int},
    **{key: HISTOGRAM for key in ("latency_ns", "service_time_ns", "send_lag_ns", "schedule_lag_ns", "failed_latency_ns")},
}
CONTRACT = {
    **RECORD, "schema": str, "duration_s": float, "verdict": str,
    "rate": {"requested": float, "achieved": float},
    "generator": {"cpu_seconds": float, "max_rss_bytes": int, "throttled_periods": int, "saturated": bool, "reason": (str, type(None))},
    "series": [{key: int for key in ("t_s", "sent", "completed", "failed", "p50_ns", "p99_ns")}],
    "phases": [RECORD],
    "histogram": {"latency": str, "service_time": str},
    "thresholds": [{"expr": str, "value": float, "ok": bool}],
}


def missing(value, wanted, where="$"):
    """Where a document has not the keys, and the types, that are wanted."""
    if isinstance(wanted, dict):
        return [place for key, inner in wanted.items()
                for place in (missing(value[key], inner, f"{where}.{key}") if key in value else [f"{where}.{key}"])]
    if isinstance(wanted, list):
        return [f"{where}[]"] if not value else [place for item in value for place in missing(item, wanted[0], where + "[]")]
    return [] if isinstance(value, wanted) or (wanted is float and isinstance(value, int)) else [f"{where} is {value!r}"]


def test_json_has_every_key_of_the_contract(loadgen, url):
    run = subprocess.run([loadgen, "--stage", "1s:40/s", "--stage", "1s:40/s", "-c", "4", "--threshold", "p99<5s", "--json", "-", url],
                         text=True, capture_output=True, timeout=20)
    result = json.loads(run.stdout)
    assert missing(result, CONTRACT) == []
    assert result["schema"] == "plimsoll.loadgen/v1"


def test_failures_have_their_latency_apart_in_the_text_and_in_the_json(loadgen, tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # taken, and nobody listens
        run = subprocess.run([loadgen, "-n", "3", "-c", "1", "--quiet", "--json", tmp_path / "load.json",
                              f"http://127.0.0.1:{closed.getsockname()[1]}/"], text=True, capture_output=True, timeout=20)
    result = json.loads((tmp_path / "load.json").read_text())
    assert result["errors"] == {"connect_refused": 3}
    assert (result["latency_ns"]["count"], result["failed_latency_ns"]["count"]) == (0, 3)
    head = next(line for line in run.stdout.splitlines() if "service time" in line)
    assert re.split(r"\s{2,}", head.strip()) == ["latency", "service time", "send lag", "schedule lag", "failed after"]
    assert re.search(r"^max +- +- +\S+ +\S+ +\d\S+$", run.stdout, re.MULTILINE), run.stdout


def test_every_kind_of_error_is_in_the_docs():
    root = pathlib.Path(__file__).resolve().parents[2]
    names = re.search(r"kErrorNames = \{(.*?)\};", (root / "loadgen" / "outcome.hpp").read_text(), re.DOTALL).group(1)
    kinds = re.findall(r'"(\w+)"', names)
    rows = re.search(r"\| error \| means \|\n(.*?)\n\n", (root / "docs" / "loadgen.md").read_text(), re.DOTALL).group(1)
    documented = [kind for row in rows.splitlines()[1:] for kind in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert len(kinds) > 10 and sorted(documented) == sorted(kinds)
