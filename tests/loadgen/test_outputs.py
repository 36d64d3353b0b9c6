"""What loadgen hands out beside its text: /metrics while it runs, and the files it leaves."""
import contextlib
import re
import socket
import subprocess
import urllib.request

import pytest

from support import ROOT
from support.formats import check_with_promtool, html_page, metric_samples, read_result
from support.waiting import wait_until


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


def samples(text):
    return {name.removeprefix("plimsoll_loadgen_"): value for name, value in metric_samples(text).items()}


def scrape(address):
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return answer.read().decode()


def test_metrics_follow_the_run_and_pass_promtool(loadgen, url):
    with a_run_with_metrics(loadgen, url) as address:
        text = wait_until(lambda: text if samples(text := scrape(address))['requests_total{state="completed"}'] > 0 else None, 30)
    found = samples(text)
    requests = {state: found[f'requests_total{{state="{state}"}}'] for state in ("scheduled", "sent", "completed", "failed", "dropped")}
    assert requests["scheduled"] == requests["sent"] + requests["dropped"] + found["queued_requests"]
    assert requests["sent"] == requests["completed"] + requests["failed"] + found["in_flight_requests"]
    assert found['responses_total{code="200"}'] == requests["completed"] == found["latency_seconds_count"]
    assert found['latency_seconds_bucket{le="+Inf"}'] == requests["completed"]
    assert found["send_lag_seconds_count"] == requests["sent"]
    check_with_promtool(text)


def test_a_metrics_port_in_use_is_exit_4_in_one_line(loadgen, url):
    port = re.search(r":(\d+)/", url).group(1)
    run = subprocess.run([loadgen, "-n", "1", "--metrics-port", port, url], text=True, capture_output=True, timeout=20)
    assert run.returncode == 4
    assert run.stdout == ""
    assert run.stderr == (f"loadgen: cannot serve metrics: cannot listen on port {port}: Address already in use; "
                          "choose another --metrics-port, or 0\n")


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_what_is_no_port_is_exit_2(loadgen, url, port):
    run = subprocess.run([loadgen, "-n", "1", "--metrics-port", port, url], text=True, capture_output=True, timeout=20)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1 and "--metrics-port" in run.stderr


def test_html_is_one_page_in_which_an_attack_is_text(loadgen, url, tmp_path):
    attack = "?q=</title><script>alert(1)</script><img/src=x/onerror=alert(1)>\"'"
    run = subprocess.run([loadgen, "--rate", "50/s", "-d", "1s", "--warmup", "1s", "-c", "2", "--quiet", "--html", tmp_path / "load.html",
                          "--threshold", "errors<0.1%", "-H", "Authorization: Bearer secret", url + attack],
                         text=True, capture_output=True, timeout=20)
    assert run.returncode in (0, 3), run.stderr  # 3 on a machine that is too busy
    text = (tmp_path / "load.html").read_text()
    shown = "".join(html_page(text).itertext())
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
    assert 0 < read_result(run.stdout)["generator"]["max_rss_bytes"] < 100 << 20


def test_a_run_that_is_killed_leaves_the_log_of_its_seconds(loadgen, url, tmp_path):
    log = tmp_path / "load.hlog"
    process = subprocess.Popen([loadgen, "--rate", "20/s", "-d", "60s", "-c", "1", "--quiet", "--hdr-log", log, url], stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: log.exists() and "HISTFAAA" in log.read_text(), 30)
    finally:
        process.kill()
        process.wait(timeout=20)
    lines = log.read_text().splitlines()
    assert lines[0] == "#[Histogram log format version 1.3]"
    assert re.fullmatch(r"0\.000,1\.000,[0-9.]+,HISTFAAA[A-Za-z0-9+/=]+", lines[3]), lines[3]


@pytest.mark.parametrize("options", [
    ["--stage", "1s:40/s", "--stage", "1s:40/s", "-c", "4", "--threshold", "p99<5s", "--threshold", "errors<1%"],
    ["--rate", "40/s", "-d", "1s", "--warmup", "1s", "--arrivals", "poisson", "--max-queue", "9", "--connection-requests", "5", "--connection-age", "1s"],
    ["-n", "20", "-c", "2", "--think", "1ms..2ms", "--pod-header", "Server"],
    ["--shape", "sine:mean=40/s,amplitude=20/s,period=1s", "-d", "1s"],
    ["--mix", "mix.json", "-n", "20"],
], ids=["stages", "open", "closed", "shape", "mix"])
def test_json_is_what_the_schema_says(loadgen, url, options, tmp_path):
    (tmp_path / "mix.json").write_text('{"requests": [{"name": "home", "path": "/"}, {"name": "cart", "path": "/cart"}]}')
    run = subprocess.run([loadgen, *options, "--json", "-", url], text=True, capture_output=True, timeout=20, cwd=tmp_path)
    assert read_result(run.stdout)["status"].keys() == {"200"}


def test_failures_have_their_latency_apart_in_the_text_and_in_the_json(loadgen, tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # taken, and nobody listens
        run = subprocess.run([loadgen, "-n", "3", "-c", "1", "--quiet", "--json", tmp_path / "load.json",
                              f"http://127.0.0.1:{closed.getsockname()[1]}/"], text=True, capture_output=True, timeout=20)
    result = read_result((tmp_path / "load.json").read_text())
    assert result["errors"] == {"connect_refused": 3}
    assert (result["latency_ns"]["count"], result["failed_latency_ns"]["count"]) == (0, 3)
    head = next(line for line in run.stdout.splitlines() if "service time" in line)
    assert re.split(r"\s{2,}", head.strip()) == ["latency", "service time", "send lag", "schedule lag", "failed after"]
    assert re.search(r"^max +- +- +\S+ +\S+ +\d\S+$", run.stdout, re.MULTILINE), run.stdout


def test_every_kind_of_error_is_in_the_docs():
    names = re.search(r"kErrorNames = \{(.*?)\};", (ROOT / "loadgen" / "net" / "error_kind.hpp").read_text(), re.DOTALL).group(1)
    kinds = re.findall(r'"(\w+)"', names)
    rows = re.search(r"\| error \| means \|\n(.*?)\n\n", (ROOT / "docs" / "loadgen.md").read_text(), re.DOTALL).group(1)
    documented = [kind for row in rows.splitlines()[1:] for kind in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert len(kinds) > 10 and sorted(documented) == sorted(kinds)
