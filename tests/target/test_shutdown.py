"""The end of target: readiness first, then drain, exit 0; and its duties as PID 1."""
import http.client
import os
import signal
import subprocess
import threading
import time

import psutil
import pytest

from support.waiting import wait_until


def test_readiness_fails_at_once_while_new_connections_are_still_served(target):
    service = target(SHUTDOWN_GRACE="2s")
    begin = time.monotonic()
    os.kill(service.pid, signal.SIGTERM)
    service.line(lambda line: line.get("message") == "draining")
    assert service.get("/ready").status == 503
    assert service.get("/health").status == 200
    answer = service.get("/bye")
    assert (answer.status, answer.headers["Connection"]) == (200, "close")
    assert service.process.wait(10) == 0
    assert 1.9 < time.monotonic() - begin < 4
    assert service.line(lambda line: line.get("message") == "stopped")["connections_cut"] == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_running_request_is_finished_after_the_listener_has_closed(target, number):
    service = target()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    connection.request("GET", "/wait?for=1s")
    time.sleep(0.2)
    os.kill(service.pid, number)
    time.sleep(0.3)
    with pytest.raises(OSError):
        service.connect()
    response = connection.getresponse()
    assert (response.status, response.headers["Connection"]) == (200, "close")
    assert service.process.wait(5) == 0


def test_idle_connections_are_closed_and_do_not_hold_it_up(target):
    service = target()
    clients = [service.connect() for _ in range(10)]
    begin = time.monotonic()
    os.kill(service.pid, signal.SIGTERM)
    for client in clients:
        assert client.recv(10) == b""
        client.close()
    assert service.process.wait(5) == 0
    assert time.monotonic() - begin < 3


def test_requests_in_the_listeners_queue_are_answered(target):
    service = target(THREADS="1")
    os.kill(service.pid, signal.SIGSTOP)
    clients = [service.connect() for _ in range(20)]
    for client in clients:
        client.sendall(b"GET /bye HTTP/1.1\r\nHost: a\r\n\r\n")
    os.kill(service.pid, signal.SIGTERM)
    os.kill(service.pid, signal.SIGCONT)
    for client in clients:
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
        client.close()
    assert service.process.wait(5) == 0


def test_what_does_not_end_in_the_drain_time_is_cut_and_the_exit_is_0(target):
    service = target(DRAIN_TIMEOUT="500ms")
    with service.connect() as wait, service.connect() as work:
        wait.sendall(b"GET /wait?for=1m HTTP/1.1\r\nHost: a\r\n\r\n")
        work.sendall(b"GET /work?cpu=1m HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.3)
        begin = time.monotonic()
        assert service.stop() == 0
        assert 0.4 < time.monotonic() - begin < 3
    assert service.line(lambda line: line.get("message") == "stopped")["connections_cut"] == 2


def test_a_second_signal_skips_the_grace(target):
    service = target(SHUTDOWN_GRACE="1m")
    os.kill(service.pid, signal.SIGTERM)
    service.line(lambda line: line.get("message") == "draining")
    assert service.stop(timeout=5) == 0


def test_a_risen_load_ends_with_the_signal(target):
    service = target(SHUTDOWN_GRACE="1m")
    service.get("/riseload?cpu=500m&for=1h")
    os.kill(service.pid, signal.SIGTERM)
    service.line(lambda line: line.get("message") == "draining")
    assert service.metric("target_risen_load_cores") == 0
    assert service.get("/riseload?cpu=500m&for=1h").status == 503


def test_no_request_fails_while_clients_follow_readiness(target):
    """Clients that keep their connection, and stop using this pod half a second after it was not ready."""
    service = target(SHUTDOWN_GRACE="2s")
    outcomes, gone = [], threading.Event()

    def client():
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
        while not gone.is_set():
            try:
                connection.request("GET", "/work?cpu=1ms")
                response = connection.getresponse()
                response.read()
                outcomes.append(response.status)
            except OSError as error:
                outcomes.append(repr(error))
        connection.close()

    clients = [threading.Thread(target=client) for _ in range(4)]
    for thread in clients:
        thread.start()
    time.sleep(0.5)
    os.kill(service.pid, signal.SIGTERM)
    wait_until(lambda: service.get("/ready").status == 503)
    time.sleep(0.5)
    gone.set()
    for thread in clients:
        thread.join()
    assert set(outcomes) == {200} and len(outcomes) > 100, outcomes[-5:]
    assert service.process.wait(10) == 0


def child_of(process):
    """The host's pid of the process that unshare has made."""
    return psutil.Process(process.pid).children()[0].pid


@pytest.fixture
def pid_one(target):
    if subprocess.run(["unshare", "--pid", "--fork", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs the right to make a PID namespace")
    return target(prefix=["unshare", "--pid", "--fork", "--kill-child"], pid=child_of)


def test_as_pid_1_it_reaps_what_others_leave_behind(pid_one):
    namespace = ["nsenter", "--target", str(pid_one.pid), "--pid"]
    for _ in range(5):  # the shell ends first, so each sleep becomes a child of PID 1
        subprocess.run([*namespace, "sh", "-c", "sleep 0.5 & sleep 0.6 &"], check=True)
    first = psutil.Process(pid_one.pid)
    wait_until(lambda: len(first.children()) == 10, 3, 0, said="the orphans did not arrive: the test would prove nothing")
    wait_until(lambda: not first.children(), said=first.children)
    assert pid_one.get("/").status == 200


def test_as_pid_1_it_ends_on_sigterm_with_exit_0(pid_one):
    begin = time.monotonic()
    assert pid_one.stop() == 0
    assert time.monotonic() - begin < 5
