"""What loadgen hands out beside its text: /metrics while it runs, and the files it leaves."""
import contextlib
import html.parser
import http.server
import json
import re
import shutil
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
