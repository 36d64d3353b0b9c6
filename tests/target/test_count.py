"""/count keeps its number in a real Redis: Debian's, started here on a free loopback port."""
import concurrent.futures
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest

from support.servers import accepts, free_port
from support.waiting import wait_until


def server_command():
    """Debian's redis-server is a link to redis-check-rdb of redis-tools, which looks at the name it is called by."""
    if shutil.which("redis-server"):
        return ["redis-server"], None
    check = pathlib.Path("/usr/bin/redis-check-rdb")
    return (["redis-server"], check) if check.exists() else (None, None)


class Redis:
    def __init__(self, folder, *arguments):
        self.folder, self.arguments, self.process = folder, arguments, None
        self.port = free_port()
        self.start()

    def start(self):
        command, executable = server_command()
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder), *self.arguments],
            executable=executable, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def listens():
            assert self.process.poll() is None, "Redis did not start"
            return accepts(self.port)

        wait_until(listens)

    def stop(self, number=signal.SIGKILL):
        os.kill(self.process.pid, number)
        self.process.wait()

    def url(self, password="", database=0):
        return f"redis://{password}127.0.0.1:{self.port}/{database}"

    def ask(self, *words):
        """One inline command; the first line of the reply."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as client:
            for command in words:
                client.sendall(command.encode() + b"\r\n")
            client.shutdown(socket.SHUT_WR)
            received = b""
            while piece := client.recv(4096):
                received += piece
            return received.decode()


@pytest.fixture
def redis(tmp_path):
    if server_command()[0] is None:
        pytest.skip("Redis is not installed (apt-get install redis-tools)")
    started = []

    def start(*arguments):
        started.append(Redis(tmp_path, *arguments))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGCONT)
            server.stop()


def up(service):
    wait_until(lambda: service.metric("target_redis_up") == 1)
    return service


def test_counts_each_request_once_over_restarts_of_the_service(redis, target):
    url = redis().url()
    service = up(target(REDIS_URL=url))
    assert [service.get("/count").json()["count"] for _ in range(3)] == [1, 2, 3]
    assert service.get("/count", "POST").json() == {"count": 4}
    assert service.stop() == 0
    assert up(target(REDIS_URL=url)).get("/count").json() == {"count": 5}


def test_counts_of_many_clients_and_services_are_all_different(redis, target):
    url = redis().url()
    services = [up(target(REDIS_URL=url)) for _ in range(2)]
    with concurrent.futures.ThreadPoolExecutor(16) as clients:
        counts = list(clients.map(lambda i: services[i % 2].get("/count").json()["count"], range(400)))
    assert sorted(counts) == list(range(1, 401))
    assert sum(service.metric('target_redis_commands_total{result="ok"}') for service in services) == 400


def test_the_password_and_the_database_are_those_of_the_url(redis, target):
    server = redis("--requirepass", "s@cret")
    service = up(target(REDIS_URL=server.url(":s%40cret@", 3)))
    assert service.get("/count").json() == {"count": 1}
    assert "$1\r\n1\r\n" in server.ask("AUTH s@cret", "SELECT 3", "GET plimsoll:count")
    assert "$-1" in server.ask("AUTH s@cret", "SELECT 0", "GET plimsoll:count")


@pytest.mark.parametrize("url, words", [
    (":wrong@", "the password was refused"),
    ("nobody:wrong@", "the user or the password was refused"),
    ("", "the database was refused: NOAUTH"),
])
def test_a_wrong_password_is_503_with_redis_own_words_and_never_the_password(redis, target, url, words):
    service = target(REDIS_URL=redis("--requirepass", "right").url(url))
    line = service.line(lambda line: line.get("level") == "warn" and "Redis" in line.get("message", ""))
    assert words in line["error"]
    wait_until(lambda: words in service.get("/count").json()["error"])
    assert not [line for line in service.lines if "wrong" in str(line).replace("WRONGPASS", "")]


def test_while_redis_is_down_it_is_503_at_once_alive_and_ready_and_it_recovers_by_itself(redis, target):
    server = redis()
    service = up(target(REDIS_URL=server.url()))
    assert service.get("/count").status == 200
    server.stop()
    wait_until(lambda: service.get("/count").status == 503)
    begin = time.monotonic()
    answer = service.get("/count")
    assert time.monotonic() - begin < 1
    assert answer.status == 503 and answer.headers["Retry-After"] == "1"
    assert answer.json()["error"].startswith(f"Redis at 127.0.0.1:{server.port} cannot be used: ")
    assert [service.get(path).status for path in ("/health", "/ready", "/")] == [200, 200, 200]
    assert service.metric("target_redis_up") == 0
    server.start()
    wait_until(lambda: service.get("/count").status == 200)
    assert service.metric("target_redis_connections_total") == 2


def test_a_redis_that_comes_later_is_found(redis, target):
    server = redis()
    server.stop()
    service = target(REDIS_URL=server.url())
    wait_until(lambda: "Connection refused" in service.get("/count").json()["error"])
    server.start()
    assert wait_until(lambda: service.get("/count").status == 200 and service.get("/count").json()["count"] >= 2)


def test_trying_again_is_said_once_and_not_at_each_try(redis, target):
    server = redis()
    server.stop()
    service = target(REDIS_URL=server.url())
    time.sleep(1.5)  # at least three tries
    assert len([line for line in service.lines if line.get("message", "").startswith("Redis cannot be used")]) == 1


def test_a_redis_that_hangs_costs_a_second_and_holds_nothing_else_up(redis, target):
    server = redis()
    service = up(target(REDIS_URL=server.url(), THREADS="1"))
    assert service.get("/count").status == 200
    server.process.send_signal(signal.SIGSTOP)
    waiting = threading.Event()
    answers = []

    def ask():
        waiting.set()
        begin = time.monotonic()
        answers.append((service.get("/count"), time.monotonic() - begin))

    client = threading.Thread(target=ask)
    client.start()
    waiting.wait()
    for _ in range(20):
        assert service.get("/health").status == 200
    client.join()
    answer, seconds = answers[0]
    assert answer.status == 503 and "no answer within 1 s" in answer.json()["error"]
    assert "this request may have been counted" in answer.json()["error"]
    assert 0.9 < seconds < 5
    server.process.send_signal(signal.SIGCONT)
    wait_until(lambda: service.get("/count").status == 200)


def test_an_answer_that_is_an_error_is_503_with_redis_own_words(redis, target):
    server = redis()
    service = up(target(REDIS_URL=server.url()))
    server.ask("LPUSH plimsoll:count x")
    answer = service.get("/count")
    assert answer.status == 503 and "WRONGTYPE" in answer.json()["error"]
    server.ask("DEL plimsoll:count")
    assert service.get("/count").json() == {"count": 1}


def test_a_peer_that_does_not_speak_redis_is_not_a_crash(target):
    other = target()  # speaks HTTP
    service = target(REDIS_URL=f"redis://127.0.0.1:{other.port}")
    wait_until(lambda: "cannot be used: " in service.get("/count").json()["error"])
    service.line(lambda line: line.get("message", "").startswith("Redis cannot be used"))
    assert service.get("/health").status == 200


def test_a_name_that_does_not_exist_is_said(target):
    service = target(REDIS_URL="redis://no-such-host.invalid")
    wait_until(lambda: "cannot resolve the name" in service.get("/count").json()["error"], 30)


def test_a_name_may_have_several_addresses(redis, target):
    """localhost may be ::1 first, where this Redis does not listen."""
    service = target(REDIS_URL=f"redis://localhost:{redis().port}")
    wait_until(lambda: service.get("/count").status == 200)


def test_without_redis_url_it_is_503_and_says_so(target):
    answer = target().get("/count")
    assert answer.status == 503 and "REDIS_URL is not set" in answer.json()["error"]


def test_sigterm_while_redis_hangs_ends_with_exit_0(redis, target):
    server = redis()
    service = up(target(REDIS_URL=server.url()))
    server.process.send_signal(signal.SIGSTOP)
    with service.connect() as client:
        client.sendall(b"GET /count HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.1)
        os.kill(service.pid, signal.SIGTERM)
        assert client.recv(1000).startswith(b"HTTP/1.1 503 ")
    assert service.process.wait(5) == 0


@pytest.mark.parametrize("url, words", [
    ("rediss://:secret@redis:6379/0", "REDIS_URL: rediss:// (TLS) is not supported; expected redis://[:password@]host:port/database"),
    ("redis:6379", "REDIS_URL: does not start with redis://"),
    ("redis://:secret@redis:0", "REDIS_URL: expected a port from 1 to 65535, found '0'"),
])
def test_a_bad_url_is_exit_2_with_one_line_without_the_password(bin_folder, url, words):
    finished = subprocess.run([bin_folder / "target"], env={"REDIS_URL": url}, capture_output=True, text=True, timeout=10,
                              check=False)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert words in finished.stderr and finished.stderr.count("\n") == 1 and "secret" not in finished.stderr
