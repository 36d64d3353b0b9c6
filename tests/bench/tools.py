"""The load generators that ./dev bench loadgen compares: how each is called, and which of its outputs is read.

A Job says what to do; a tool answers with the command and with the function that reads the result afterwards. What a tool
cannot do is None. Everybody gets one thread where that can be said, keep-alive, and the same URL.
"""
import dataclasses
import pathlib
import subprocess
from typing import Callable, Optional

import outputs


@dataclasses.dataclass
class Job:
    port: int
    connections: int
    seconds: int
    folder: pathlib.Path   # for files of the tool
    rate: Optional[int] = None
    streams: int = 1       # of HTTP/2, for each connection
    tls: bool = False
    path: str = "/"

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}{self.path}"

    @property
    def per_connection(self):
        return f"{self.rate / self.connections:g}"

    def file(self, name, text=None):
        path = self.folder / name
        if text is not None:
            path.write_text(text)
        return path


@dataclasses.dataclass
class Tool:
    name: str
    version: str   # the command that prints it
    install: str
    closed: Optional[Callable] = None    # job -> (command, function of stdout)
    paced: Optional[Callable] = None     # the same at job.rate
    stalled: Optional[Callable] = None   # the same, with latency percentiles, corrected for coordinated omission where it can
    http2: Optional[Callable] = None     # as closed, over HTTP/2 with job.streams


def loadgen(job):
    result = job.file("loadgen.json")
    rate = ["--rate", f"{job.rate}/s"] if job.rate else []
    return (["loadgen", "-q", "-t", 1, "-c", job.connections, "-d", f"{job.seconds}s", "--json", result, *rate, job.url],
            lambda _: outputs.loadgen(result.read_text()))


def loadgen_http2(job):
    command, read = loadgen(job)
    trust = ["--insecure"] if job.tls else []
    return [*command[:-1], "--http2", "--streams", job.streams, *trust, job.url], read


def floor(job):
    return ["floor", job.port, job.connections, job.seconds], outputs.floor


def wrk(job):
    return ["wrk", "-t", 1, "-c", job.connections, "-d", f"{job.seconds}s", job.url], outputs.wrk


def wrk2(job):
    rate = job.rate or 10_000_000
    return ["wrk2", "-t", 1, "-c", job.connections, "-d", f"{job.seconds}s", "-R", rate, "--latency", job.url], outputs.wrk2


def h2load(job):
    rate = ["--rps", job.per_connection] if job.rate else []
    return ["h2load", "--h1", "-t", 1, "-c", job.connections, "-D", job.seconds, *rate, job.url], outputs.h2load


def h2load_http2(job):
    return ["h2load", "-t", 1, "-c", job.connections, "-m", job.streams, "-D", job.seconds, job.url], outputs.h2load


def h2load_logged(job):
    command, _ = h2load(job)
    log = job.file("h2load.log", "")
    return [*command[:-1], "--log-file", log, job.url], lambda _: outputs.h2load_log(log.read_text())


def ab(job):
    most = 200_000 * job.seconds   # it keeps a record of each, allocated at the start
    return ["ab", "-k", "-q", "-t", job.seconds, "-n", most, "-c", job.connections, job.url], outputs.ab


def hey(job):
    rate = ["-q", job.per_connection] if job.rate else []
    return ["hey", "-z", f"{job.seconds}s", "-c", job.connections, *rate, job.url], outputs.hey


def hey_csv(job):
    command, _ = hey(job)
    return [*command[:-1], "-o", "csv", job.url], outputs.hey_csv


def oha(job):
    rate = ["-q", job.rate, "--latency-correction"] if job.rate else []
    return ["oha", "--no-tui", "--output-format", "json", "-z", f"{job.seconds}s", "-c", job.connections, *rate, job.url], outputs.oha


def vegeta_attack(job):
    result = job.file("vegeta.bin")
    many = ["-rate", f"{job.rate}/1s"] if job.rate else ["-rate", 0, "-max-workers", job.connections]
    return ["vegeta", "attack", "-targets", job.file("vegeta.targets", f"GET {job.url}\n"), "-duration", f"{job.seconds}s", "-workers",
            job.connections, "-connections", job.connections, "-max-connections", job.connections, *many, "-output", result], result


def vegeta(job):
    command, result = vegeta_attack(job)
    return command, lambda _: outputs.vegeta_report(subprocess.check_output(["vegeta", "report", "-type", "json", result], text=True))


def vegeta_csv(job):
    command, result = vegeta_attack(job)
    return command, lambda _: outputs.vegeta_csv(subprocess.check_output(["vegeta", "encode", "-to", "csv", result], text=True))


def bombardier(job):
    rate = ["-r", job.rate] if job.rate else []
    return (["bombardier", "-c", job.connections, "-d", f"{job.seconds}s", "-o", "json", "-p", "result", *rate, job.url],
            outputs.bombardier)


def fortio(job):
    result = job.file("fortio.json")
    return (["fortio", "load", "-quiet", "-c", job.connections, "-t", f"{job.seconds}s", "-qps", job.rate or 0,
             "-p", ",".join(map(str, outputs.PERCENTILES)), "-json", result, job.url], lambda _: outputs.fortio(result.read_text()))


def k6(job):
    executor = (f"executor: 'constant-arrival-rate', rate: {job.rate}, timeUnit: '1s', preAllocatedVUs: {job.connections}"
                if job.rate else f"executor: 'constant-vus', vus: {job.connections}")
    trend = ", ".join(f"'p({p})'" for p in outputs.PERCENTILES)
    script = job.file("k6.js", f"""import http from 'k6/http';
export const options = {{
  discardResponseBodies: true, summaryTrendStats: [{trend}],
  scenarios: {{ bench: {{ {executor}, duration: '{job.seconds}s' }} }},
}};
export default function () {{ http.get('{job.url}'); }}
""")
    result = job.file("k6.json")
    return ["k6", "run", "--quiet", "--no-usage-report", "--summary-export", result, script], lambda _: outputs.k6(result.read_text())


TOOLS = {tool.name: tool for tool in (
    Tool("loadgen", "loadgen --version", "./dev build", loadgen, loadgen, loadgen, loadgen_http2),
    Tool("floor", "", "tests/bench/floor.c", floor),
    Tool("wrk", "wrk -v", "apt-get install wrk", wrk),
    Tool("wrk2", "wrk2 -v", "https://github.com/giltene/wrk2: make, and name the program wrk2", wrk2, wrk2, wrk2),
    Tool("h2load", "h2load --version", "apt-get install nghttp2-client", h2load, h2load, h2load_logged, h2load_http2),
    Tool("ab", "ab -V", "apt-get install apache2-utils", ab),
    Tool("hey", "dpkg-query -W hey", "apt-get install hey", hey, hey, hey_csv),
    Tool("oha", "oha --version", "cargo install --locked oha", oha, oha, oha),
    Tool("vegeta", "vegeta -version", "go install github.com/tsenart/vegeta/v12@v12.12.0", vegeta, vegeta, vegeta_csv),
    Tool("bombardier", "bombardier --version", "go install github.com/codesenberg/bombardier@v1.2.6", bombardier, bombardier),
    Tool("fortio", "fortio version", "go install fortio.org/fortio@v1.63.0", fortio, fortio, fortio),
    Tool("k6", "k6 version", "https://github.com/grafana/k6/releases", k6, k6, k6),
)}
