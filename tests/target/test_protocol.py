"""HTTP/1.1 on the wire: pipelines, slow clients, malformed and oversized requests, too many of them."""
import re
import resource
import socket
import time

import psutil
import pytest

from support.waiting import wait_until

GET = b"GET /bye HTTP/1.1\r\nHost: a\r\n\r\n"
CLOSE = b"GET /bye HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"


def statuses(received):
    return [int(status) for status in re.findall(rb"HTTP/1\.1 ([0-9]{3}) ", received)]


def test_pipelined_requests_are_answered_in_order(target):
    service = target()
    slow = b"GET /wait?for=100ms HTTP/1.1\r\nHost: a\r\n\r\n"
    missing = b"GET /nope HTTP/1.1\r\nHost: a\r\n\r\n"
    body = POST + b"Content-Length: 5\r\n\r\nhello"
    received = service.raw(GET * 50 + slow + missing + body + CLOSE)
    assert statuses(received) == [200] * 51 + [404, 200, 200]


def test_what_follows_a_close_is_not_answered(target):
    assert statuses(target().raw(CLOSE + GET)) == [200]


def test_a_request_may_come_byte_by_byte(target):
    service = target()
    with service.connect() as client:
        for byte in CLOSE:
            client.sendall(bytes([byte]))
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_http_1_0_closes_unless_asked_to_keep(target):
    service = target()
    assert b"Connection: close\r\n" in service.raw(b"GET / HTTP/1.0\r\n\r\n")
    with service.connect() as client:
        for _ in range(2):
            client.sendall(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            assert b"Connection: keep-alive\r\n" in client.recv(1000)


def test_a_client_that_expects_it_is_told_to_continue(target):
    service = target()
    with service.connect() as client:
        client.sendall(POST + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"hello")
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("data, status", [
    (b"\x16\x03\x01\x02\x00\x01\x00", 400),
    (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\nHost: a\n\n", 400),
    (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    (POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400),
    (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    (POST + b"Transfer-Encoding: gzip\r\n\r\n", 501),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9000 + b"\r\n\r\n", 431),
    (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 50000 + b"\r\n", 431),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400),
    (POST + b"Content-Length: 5, 5\r\n\r\nhello", 400),
    (POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n", 400),
    (POST + b"Content-Length: 99999999\r\n\r\n" + b"x" * 100000, 413),
])
def test_a_malformed_request_is_refused_and_the_connection_closed(target, data, status):
    service = target()
    received = service.raw(data + GET)
    assert statuses(received) == [status]
    assert b"Connection: close\r\n" in received and b'{"error":"' in received
    assert service.line(lambda line: line.get("status") == status)["level"] in ("warn", "error")
    assert service.get("/").status == 200


def test_half_a_request_is_408_after_the_header_timeout(target):
    service = target(HEADER_TIMEOUT="500ms")
    begin = time.monotonic()
    received = service.raw(b"GET / HTTP/1.1\r\nHost: a\r\n")
    assert statuses(received) == [408]
    assert 0.4 < time.monotonic() - begin < 3


def test_a_header_that_trickles_does_not_extend_the_timeout(target):
    service = target(HEADER_TIMEOUT="500ms")
    begin = time.monotonic()
    with service.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(OSError):
            while time.monotonic() - begin < 5:
                client.sendall(b"X: y\r\n")
                time.sleep(0.05)
    assert time.monotonic() - begin < 5


def test_a_body_that_trickles_is_408(target):
    received = target(HEADER_TIMEOUT="500ms").raw(POST + b"Content-Length: 100\r\n\r\nhello")
    assert statuses(received) == [408] and b"Connection: close\r\n" in received


def test_a_client_that_does_not_read_holds_nobody_else_up(target):
    """Its answers fill the socket's buffers; the service stops reading from it, and answers the others."""
    service = target(THREADS="1")
    with service.connect() as client:
        client.settimeout(1)
        with pytest.raises(TimeoutError):
            while True:
                client.sendall(GET * 1000)
        assert service.get("/").status == 200
        assert resident(service.pid) < 64 << 20


def test_an_idle_connection_is_closed_without_a_word(target):
    service = target(IDLE_TIMEOUT="500ms")
    assert service.raw(b"") == b""
    with service.connect() as client:
        client.sendall(GET)
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
        assert client.recv(1000) == b""


def test_a_reset_in_the_middle_of_work_does_no_harm(target):
    service = target()
    for _ in range(20):
        client = service.connect()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        client.sendall(b"GET /work?cpu=5ms HTTP/1.1\r\nHost: a\r\n\r\n" + GET)
        client.close()
    assert service.get("/work?cpu=1ms").status == 200
    wait_until(lambda: service.metric("http_connections_open") <= 1)


def first_answer(client):
    """Its status; None where the connection was ended without one."""
    try:
        client.sendall(GET)
    except OSError:
        pass  # shed before we came to it; the answer may have arrived all the same
    try:
        return next(iter(statuses(client.recv(1000))), None)
    except ConnectionError:
        return None


def test_at_twice_its_descriptor_limit_new_connections_are_shed_and_it_recovers(target):
    limit = 128
    service = target(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
    clients = [service.connect(timeout=60) for _ in range(2 * limit)]
    outcomes = [first_answer(client) for client in clients]
    served = outcomes.count(200)
    assert set(outcomes) <= {200, 503, None} and outcomes.count(503) > 0, outcomes
    assert limit / 2 <= served < limit, served
    assert psutil.Process(service.pid).num_fds() < limit
    clients[0].sendall(GET)  # who has a connection keeps it
    assert statuses(clients[0].recv(1000)) == [200]
    for client in clients:
        client.close()

    def served_again():
        assert service.process.poll() is None
        with service.connect() as client:
            return first_answer(client) == 200

    wait_until(served_again, 30)


def test_many_idle_connections_cost_little_memory(target):
    most = 2000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < most + 200:
        pytest.skip(f"the descriptor limit here is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    service = target()
    before = resident(service.pid)
    clients = [service.connect() for _ in range(most)]
    for client in clients:
        client.sendall(GET)
    for client in clients:
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert resident(service.pid) - before < most * 10_000
    for client in clients:
        client.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def resident(pid):
    return psutil.Process(pid).memory_info().rss
