"""The part http2 of ./dev bench loadgen: CPU time per request over HTTP/2, loadgen beside h2load, at servers that are not ours.

nginx answers each request with a TLS record of its own, nghttpd many with one: the two ends of what a client meets.
"""
import contextlib
import dataclasses
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from figures import ratios, spread, table
from measure import ToolFailed
from parts import Round, by_median, column, doubts
from support.servers import accepts, free_port
from tools import TOOLS, Job

CONNECTIONS, STREAMS = 4, 20
WANTED = 0.9   # of h2load's CPU time
BODY = '{"status":"ok"}'
NGINX = """\
worker_processes 1; daemon off; pid {folder}/pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
  server {{ listen 127.0.0.1:{port} ssl http2; location / {{ return 200 '{body}'; }} }}
}}
"""


def find(program):
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")


def make_certificate(folder):
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                           "-subj", "/CN=localhost", "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
                          text=True, capture_output=True, check=False)
    if made.returncode != 0:
        raise ToolFailed(f"openssl cannot make a certificate: {made.stderr.strip()[-300:]}")


def nginx_command(program, folder, port):
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, body=BODY))
    return [program, "-e", "stderr", "-p", folder, "-c", folder / "nginx.conf"]


def nghttpd_command(program, folder, port):
    return [program, "-a", "127.0.0.1", "-d", folder / "files", port, folder / "key.pem", folder / "certificate.pem"]


def nghttpd_plain_command(program, folder, port):
    return [program, "--no-tls", "-a", "127.0.0.1", "-d", folder / "files", port]


@dataclasses.dataclass
class Server:
    name: str
    program: str
    install: str
    command: object      # (program, folder, port) -> list
    tls: bool


SERVERS = (Server("nginx, TLS", "nginx", "apt-get install nginx", nginx_command, True),
           Server("nghttpd, TLS", "nghttpd", "apt-get install nghttp2-server", nghttpd_command, True),
           Server("nghttpd, plain text", "nghttpd", "apt-get install nghttp2-server", nghttpd_plain_command, False))


@contextlib.contextmanager
def running(server, core, folder):
    """Its port."""
    port = free_port()
    command = ["taskset", "-c", str(core), *map(str, server.command(find(server.program), folder, port))]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        try:
            deadline = time.monotonic() + 10
            while not accepts(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    said.seek(0)
                    raise ToolFailed(f"{server.program} did not start: {said.read().strip()[-300:]}")
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait()


def measure_server(bench, names, plan, server, folder):
    with running(server, bench.server_core, folder) as port:
        def call(name):
            with tempfile.TemporaryDirectory(dir=bench.folder) as own:
                job = Job(port, CONNECTIONS, plan.seconds, pathlib.Path(own), streams=STREAMS, tls=server.tls, path="/index.html")
                command, read = TOOLS[name].http2(job)
                run = bench.run(name, command, read, 3 * plan.seconds + 60)
            requests = run.outcome["requests"]
            return {"cpu_us_per_request": run.cpu_s * 1e6 / requests, "requests": requests, "rate": requests / plan.seconds,
                    "cpu_share": run.cpu_s / run.wall_s, "doubt": run.outcome.get("doubt")}

        return Round(bench, names, call).run(plan.rounds, f"http2, {server.name}")


def http2(bench, installed, plan):
    """As fast as it goes over HTTP/2: CPU time per request."""
    names, raw = [name for name in installed if TOOLS[name].http2], {}
    print(f"\n### HTTP/2: CPU time per request\n\n{CONNECTIONS} connections of {STREAMS} streams, {plan.rounds} interleaved rounds of "
          f"{plan.seconds} s each: median (min-max). Wanted of loadgen: at most {WANTED:g} of h2load.")
    with tempfile.TemporaryDirectory(dir=bench.folder) as name:
        folder = pathlib.Path(name)
        (folder / "files").mkdir()
        (folder / "files" / "index.html").write_text(BODY)
        make_certificate(folder)
        for server in SERVERS:
            if find(server.program) is None:
                print(f"bench: {server.program} is not installed, so not measured ({server.install})", file=sys.stderr)
                continue
            found = raw[server.name] = measure_server(bench, names, plan, server, folder)
            rows = []
            for tool in by_median(found, "cpu_us_per_request"):
                cpu = column(found[tool], "cpu_us_per_request")
                against = spread(ratios(cpu, column(found["h2load"], "cpu_us_per_request"))) if "h2load" in found else "-"
                rows.append([tool, spread(cpu), against, *(f"{statistics.median(filter(None, column(found[tool], key))) * scale:,.0f}"
                             for key, scale in (("rate", 1), ("cpu_share", 100)))])
            print(f"\n**{server.name}**\n\n" + table(["tool", "CPU us per request", "of h2load", "requests/s", "its CPU %"], rows)
                  + doubts(found), flush=True)
    return raw
