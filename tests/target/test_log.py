"""The access log and the flags of target."""
import datetime
import http.client
import os
import signal
import subprocess

import pytest

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_one_json_object_a_request_with_the_contracts_keys(target):
    service = target()
    answer = service.get("/bye?a=%22%5C", headers={"X-Request-ID": 'id "7"'})
    line = service.access("/bye")
    assert line["method"] == "GET" and line["status"] == 200 and line["query"] == "a=%22%5C"
    assert line["bytes"] == len(answer.body)
    assert 0 <= line["duration_ms"] < 1000
    assert line["remote"].startswith("127.0.0.1:")
    assert line["correlation_id"] == 'id "7"'
    time = datetime.datetime.strptime(line["time"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
    assert abs((datetime.datetime.now(datetime.timezone.utc) - time).total_seconds()) < 60
    assert answer.headers["X-Request-ID"] == 'id "7"'


def test_the_correlation_id_may_come_from_traceparent(target):
    service = target()
    answer = service.get("/bye", headers={"traceparent": TRACE})
    line = service.access("/bye")
    assert line["correlation_id"] == line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert answer.headers["traceparent"] == TRACE


def test_without_an_id_it_is_null(target):
    service = target()
    service.get("/bye")
    assert service.access("/bye")["correlation_id"] is None


def test_any_bytes_in_a_path_make_a_valid_line(target):
    service = target()
    service.raw(b"GET /\xff\xfe\"\\ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert service.line(lambda line: line.get("status") == 404)["path"] == '/\ufffd\ufffd"\\'


def test_probes_are_logged_at_debug_only(target):
    service = target()
    service.get("/health")
    service.get("/ready")
    service.get("/metrics")
    service.get("/bye")
    service.access("/bye")
    assert not [line for line in service.lines if line.get("path") in ("/health", "/ready", "/metrics")]
    service = target(LOG_LEVEL="debug")
    service.get("/health")
    assert service.access("/health")["level"] == "debug"


def test_the_level_hides_what_is_below_it_but_never_the_first_line(target):
    service = target(LOG_LEVEL="error")
    service.get("/bye")
    service.get("/nope")
    service.get("/status/503")
    service.access("/status/503")
    assert [line.get("path", line.get("message")) for line in service.lines] == ["listening", "/status/503"]


def test_a_log_that_nobody_reads_does_not_stall_requests_and_not_the_end(bin_folder):
    environment = {"PORT": "0", "THREADS": "1", "SHUTDOWN_GRACE": "0s"}
    process = subprocess.Popen([bin_folder / "target"], stdout=subprocess.PIPE, env=environment)
    try:
        port = int(process.stdout.readline().split(b'"port":')[1].split(b",")[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        path = "/bye?" + "x" * 4000  # a pipe holds 64 KiB
        for _ in range(200):
            connection.request("GET", path)
            assert connection.getresponse().read()
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("arguments, environment, code, words", [
    (["--nope"], {}, 2, "--nope"),
    ([], {"PORT": "web"}, 2, "PORT: expected a whole number from 0 to 65535, found 'web'"),
    ([], {"SHUTDOWN_GRACE": "5"}, 2, "SHUTDOWN_GRACE: "),
    ([], {"LOG_LEVEL": "loud"}, 2, "LOG_LEVEL: expected debug, info, warn or error, found 'loud'"),
])
def test_bad_usage_is_one_line_on_stderr_and_exit_2(bin_folder, arguments, environment, code, words):
    finished = subprocess.run([bin_folder / "target", *arguments], env=environment, capture_output=True, text=True,
                              timeout=10, check=False)
    assert (finished.returncode, finished.stdout) == (code, "")
    assert words in finished.stderr and finished.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_exit_4(target, bin_folder):
    service = target()
    finished = subprocess.run([bin_folder / "target"], env={**os.environ, "PORT": str(service.port)}, text=True,
                              capture_output=True, timeout=10, check=False)
    assert (finished.returncode, finished.stdout) == (4, "")
    assert f"cannot listen on port {service.port}: " in finished.stderr


def test_help_names_the_environment(bin_folder):
    text = subprocess.run([bin_folder / "target", "--help"], capture_output=True, text=True, check=True).stdout
    assert "SHUTDOWN_GRACE" in text and "MAX_MEMORY" in text
