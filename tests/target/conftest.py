"""A running target: started on a free port, spoken to over real sockets, its log read."""
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import threading

import pytest

from support.formats import metric_samples


class Answer:
    """One HTTP answer, read to its end."""

    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    def json(self):
        return json.loads(self.body)


class Target:
    def __init__(self, process, pid=None):
        self.process = process
        self.lines = []
        self.changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        self.port = self.line(lambda line: line.get("message") == "listening")["port"]
        self.pid = pid(process) if pid else process.pid

    def _read(self):
        for text in self.process.stdout:
            with self.changed:
                self.lines.append(json.loads(text))
                self.changed.notify_all()

    def line(self, wanted, timeout=10):
        """The first log line that is wanted; waits for it."""
        with self.changed:
            found = self.changed.wait_for(lambda: [line for line in self.lines if wanted(line)], timeout)
        assert found, f"no such line in the log: {self.lines}"
        return found[0]

    def access(self, path, timeout=10):
        return self.line(lambda line: line.get("path") == path, timeout)

    def get(self, path, method="GET", body=None, headers=None, timeout=30):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)) as connection:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return Answer(response, response.read())

    def connect(self, timeout=30):
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def raw(self, data, timeout=30):
        """Everything that comes back until the service closes the connection."""
        with self.connect(timeout) as client:
            client.sendall(data)
            received = b""
            while piece := client.recv(65536):
                received += piece
            return received

    def metric(self, name):
        return metric_samples(self.get("/metrics").body.decode()).get(name)

    def stop(self, number=signal.SIGTERM, timeout=20):
        os.kill(self.pid, number)
        return self.process.wait(timeout)


@pytest.fixture
def target(bin_folder):
    """target(NAME=value...) -> a running Target. Ended with the test; everything is asked to end fast unless said otherwise."""
    running = []

    def start(prefix=(), pid=None, preexec_fn=None, **variables):
        environment = {"PATH": os.environ["PATH"], "PORT": "0", "THREADS": "2", "SHUTDOWN_GRACE": "0s", **variables}
        process = subprocess.Popen([*prefix, bin_folder / "target"], stdout=subprocess.PIPE, text=True, env=environment,
                                   preexec_fn=preexec_fn)
        running.append(process)
        return Target(process, pid)

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()
