"""The bench's arithmetic and its reading of other tools' output, on made-up data; and that its two C programs work together."""
import array
import json
import shutil
import socket
import subprocess

import pytest

import figures
import outputs
from loadgen import QUICK, Plan
from measure import Bench, ToolFailed, compile_programs
from parts import OURS, Round, doubts
from tools import TOOLS, Job


def test_over_http2_each_tool_gets_the_streams_and_the_url(tmp_path):
    job = Job(8443, 4, 3, tmp_path, streams=20, tls=True, path="/index.html")
    for name, flag in (("loadgen", "--streams"), ("h2load", "-m")):
        command, _ = TOOLS[name].http2(job)
        assert command[command.index(flag) + 1] == 20
        assert command[-1] == "https://127.0.0.1:8443/index.html"
    assert "--h1" not in TOOLS["h2load"].http2(job)[0]


def test_percentile_is_the_nearest_rank():
    values = list(range(1000, 0, -1))
    assert [figures.percentile(values, p) for p in (50, 99, 99.9, 100)] == [500, 990, 999, 1000]
    assert figures.percentile([7], 50) == 7


def test_ratio_is_taken_round_by_round_and_skips_rounds_that_failed():
    assert figures.ratios([10, 40, None], [5, 10, 10]) == [2, 4]


def test_spread_shows_median_and_range():
    assert figures.spread([3, 1, None, 2]) == "2.00 (1.00-3.00)"
    assert figures.spread([1.25], 1) == "1.2"
    assert figures.spread([None]) == "-"


def test_start_of_the_schedule_is_fitted_past_late_requests():
    times = [100 + k / 1000 for k in range(1001)]
    times[0] += 0.0005
    times[10] += 0.0003
    assert figures.fit_start(times, 1000) == pytest.approx(100, abs=1e-9)


def test_pacing_finds_the_error_that_was_put_in():
    late = [100 + k / 1000 + (0.00025 if k % 10 == 0 else 0) for k in range(10_000)]
    found = figures.pacing(late, 1000)
    assert found["requests"] == 10_000
    assert found["p50_us"] == pytest.approx(0, abs=0.01)
    assert found["p99_us"] == pytest.approx(250, abs=0.01)
    assert found["rate_error_percent"] == pytest.approx(0, abs=0.01)


def test_pacing_finds_a_rate_that_is_off():
    assert figures.pacing([k / 990 for k in range(1000)], 1000)["rate_error_percent"] == pytest.approx(-1)


def test_latency_of_a_stalled_server_is_that_of_a_simulation():
    assert [figures.stalled_latency(p, 1, 10) for p in (50, 95, 99, 99.9)] == pytest.approx([0, 0.5, 0.9, 0.99])
    arrivals = [k / 1000 for k in range(30_000)]
    waits = [max(0, 6 - t % 10) if t % 10 >= 5 else 0 for t in arrivals]
    for p in outputs.PERCENTILES:
        assert figures.percentile(waits, p) == pytest.approx(figures.stalled_latency(p, 1, 10), abs=0.0011)
    assert figures.stalled_latency(95, 1, 10, rho=0.1) == pytest.approx(0.55)


def test_memory_growth_is_per_million_requests():
    assert figures.growth_per_million(1000, 3000, 500_000) == 4000


def test_table_is_markdown():
    assert figures.table(["a", "b"], [[1, 2]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_loadgen_is_read_with_its_doubts():
    result = {"requests": {"completed": 5}, "latency_ns": {"p95": 1e6, "p99": 2e6, "p99_9": 3e6}, "verdict": "passed", "reason": None}
    assert outputs.loadgen(json.dumps(result)) == {"requests": 5, "latency_s": {95: 1e-3, 99: 2e-3, 99.9: 3e-3}, "doubt": None}
    assert outputs.loadgen(json.dumps({**result, "verdict": "inconclusive", "reason": "slow"}))["doubt"] == "slow"


def test_wrk_is_read():
    assert outputs.wrk("  1 threads and 8 connections\n  214262 requests in 1.10s, 31.47MB read\nRequests/sec: 194644.38\n") == {"requests": 214262}
    with pytest.raises(ValueError, match="wrk printed nothing like"):
        outputs.wrk("unable to connect")


def test_percentiles_of_wrk2_come_from_its_spectrum():
    text = """  Detailed Percentile spectrum:
       Value   Percentile   TotalCount 1/(1-Percentile)

       0.031     0.000000            1         1.00
     500.223     0.950000        28500        20.00
     899.583     0.989062        29672        91.43
     900.607     0.990625        29719       106.67
     990.207     0.999023        29971      1024.00
     999.935     1.000000        30000          inf
#[Mean    =       50.102, StdDeviation   =      159.371]
----------------------------------------------------------
  30000 requests in 30.00s, 4.41MB read
"""
    found = outputs.wrk2(text)
    assert found["requests"] == 30000 and found["latency_s"] == pytest.approx({95: 0.500223, 99: 0.900607, 99.9: 0.990207})


def test_h2load_is_read():
    text = "finished in 1.00s, 100.00 req/s\nrequests: 120 total, 118 started, 110 done, 107 succeeded, 3 failed, 1 errored, 0 timeout\n"
    assert outputs.h2load(text) == {"requests": 107}
    log = "".join(f"1795218038372640\t200\t{us}\n" for us in range(1, 1001)) + "1795218038372640\t500\t99999\n"
    assert outputs.h2load_log(log) == {"requests": 1000, "latency_s": {95: 950e-6, 99: 990e-6, 99.9: 999e-6}}


def test_ab_is_read_without_failures():
    assert outputs.ab("Complete requests:      160975\nFailed requests:        5\nKeep-Alive requests:    160970\n") == {"requests": 160970}


def test_hey_is_read_past_its_first_million():
    text = ("\nSummary:\n  Total:\t2.0000 secs\n  Requests/sec:\t1000000.0000\n\nStatus code distribution:\n  [200]\t1000000 responses\n\n"
            "Error distribution:\n  [3]\tGet \"http://127.0.0.1:1/\": EOF\n  [2]\tdial tcp\n")
    assert outputs.hey(text) == {"requests": 1_999_995}


def test_csv_of_hey_is_read():
    head = "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n"
    assert outputs.hey_csv(head + "0.0004,0,0,0,0,0,200,0.1\n0.0008,0,0,0,0,0,200,0.2\n0.5,0,0,0,0,0,503,0.2\n") == {
        "requests": 2, "latency_s": {95: 0.0008, 99: 0.0008, 99.9: 0.0008}}


@pytest.mark.parametrize("read, text, expected", [
    (outputs.oha, {"statusCodeDistribution": {"200": 7, "500": 1}, "latencyPercentiles": {"p95": 0.1, "p99": 0.2, "p99.9": None}},
     {"requests": 7, "latency_s": {95: 0.1, 99: 0.2}}),
    (outputs.vegeta_report, {"requests": 9, "status_codes": {"0": 2, "200": 7}}, {"requests": 7}),
    (outputs.bombardier, {"result": {"req2xx": 7, "req5xx": 1}}, {"requests": 7}),
    (outputs.fortio, {"RetCodes": {"200": 7, "-1": 1}, "DurationHistogram": {"Percentiles": [{"Percentile": 99.9, "Value": 0.3}]}},
     {"requests": 7, "latency_s": {99.9: 0.3}}),
    (outputs.k6, {"metrics": {"http_reqs": {"count": 9}, "http_req_failed": {"passes": 2, "fails": 7},
                              "http_req_duration": {"p(95)": 1.5, "p(99)": 2, "p(99.9)": 3}}},
     {"requests": 7, "latency_s": {95: 0.0015, 99: 0.002, 99.9: 0.003}}),
], ids=["oha", "vegeta", "bombardier", "fortio", "k6"])
def test_json_of_others_is_read(read, text, expected):
    assert read(json.dumps(text)) == expected


def test_csv_of_vegeta_is_read():
    assert outputs.vegeta_csv("1795218038372640,200,1500000,0,13,,,,0,GET,http://x/,\n1795218038372641,0,9,0,0,EOF,,,1,GET,http://x/,\n") == {
        "requests": 1, "latency_s": {95: 0.0015, 99: 0.0015, 99.9: 0.0015}}


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_each_command_asks_for_what_the_job_says(tool, tmp_path):
    for make, rate in ((tool.closed, None), (tool.paced, 5000), (tool.stalled, 5000)):
        if make is None:
            continue
        command, _ = make(Job(port=4321, connections=25, seconds=13, folder=tmp_path, rate=rate))
        script = "".join(file.read_text() for file in tmp_path.glob("*.js")) + "".join(file.read_text() for file in tmp_path.glob("*.targets"))
        said = " ".join(map(str, command)) + script
        assert command[0] == tool.name
        for number in ("4321", "25", "13"):
            assert number in said
        assert rate is None or "5000" in said or "200" in said   # in all, or of each of 25 connections


def test_stalls_are_measured_over_whole_periods():
    for plan in (Plan(), QUICK):
        assert plan.stall_seconds % plan.stall_period == 0


class Failures:
    def __init__(self):
        self.failures = []


def test_a_rival_that_fails_is_left_out_and_named():
    calls, bench = [], Failures()

    def call(name):
        calls.append(name)
        if name == "ab":
            raise ToolFailed("ab ended with 1")
        return {"doubt": None}

    found = Round(bench, ["loadgen", "ab"], call).run(3, "closed")
    assert found["ab"] == [None] * 3 and calls.count("ab") == 1 and calls.count("loadgen") == 3
    assert bench.failures == ["closed: ab ended with 1"]


@pytest.mark.parametrize("name", OURS)
def test_without_ours_the_bench_ends(name):
    def call(name):
        raise ToolFailed(f"{name} ended with 1")

    with pytest.raises(ToolFailed, match=name):
        Round(Failures(), [name, "ab"], call).run(1, "closed")


def test_doubts_of_loadgen_are_shown():
    assert doubts({"loadgen": [{"doubt": None}]}) == ""
    assert "1 of its 2 runs inconclusive: late." in doubts({"loadgen": [{"doubt": "late"}, {"doubt": None}]})


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    if shutil.which("cc") is None:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("bench")
    compile_programs(folder)
    return folder


class Local(Bench):
    """Programs, but no pinning: a test may have a single core."""

    def __init__(self, folder):   # noqa: the cores are what Bench.__init__ is about
        self.folder, self.server_core, self.failures = folder, 0, []


def ask(port, text, answers):
    """What nc would do: sends text, reads until so many answers have come."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for piece in text:
            connection.sendall(piece)
        got = b""
        while got.count(b"Hello, world!") < answers:
            more = connection.recv(65536)
            assert more, got
            got += more
        return got


def test_floor_completes_requests_on_the_server(programs):
    with Local(programs).server() as server:
        done = subprocess.run([programs / "floor", str(server["port"]), "4", "1"], text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert outputs.floor(done.stdout)["requests"] > 4


def test_server_answers_split_and_pipelined_requests(programs):
    with Local(programs).server() as server:
        got = ask(server["port"], [b"GET / HTTP/1.1\r\nHost: a\r", b"\n\r", b"\n" + 2 * b"GET / HTTP/1.1\r\n\r\n"], 3)
    assert got.count(b"HTTP/1.1 200 OK\r\n") == 3 and got.count(b"Content-Length: 13\r\n") == 3


def test_server_notes_when_each_request_came(programs, tmp_path):
    with Local(programs).server("record", tmp_path / "times", 100) as server:
        ask(server["port"], [3 * b"GET / HTTP/1.1\r\n\r\n"], 3)
        ask(server["port"], [b"GET / HTTP/1.1\r\n\r\n"], 1)
    times = array.array("q", (tmp_path / "times").read_bytes())
    assert len(times) == 4 and list(times) == sorted(times)
