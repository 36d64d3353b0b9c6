"""A generator that was not running for a while says so, and does not call the result the target's."""
import http.server
import json
import signal
import subprocess
import threading
import time

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


@pytest.fixture
def url():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def test_its_own_stall_shows_as_send_lag_and_makes_the_result_inconclusive(bin_folder, url):
    run = subprocess.Popen([bin_folder / "loadgen", "--rate", "100/s", "-d", "4s", "-c", "4", "--quiet", "--json", "-", url],
                           text=True, stdout=subprocess.PIPE)
    time.sleep(1.5)
    run.send_signal(signal.SIGSTOP)
    time.sleep(1)
    run.send_signal(signal.SIGCONT)
    result = json.loads(run.communicate(timeout=60)[0])
    assert run.returncode == 3
    assert result["verdict"] == "inconclusive"
    assert result["generator"]["saturated"] and "late" in result["generator"]["reason"]
    # Nothing of the schedule is lost, and what was late says how late.
    assert result["requests"]["sent"] == 400
    for lag in ("send_lag_ns", "schedule_lag_ns", "latency_ns"):
        assert result[lag]["max"] > 900_000_000
