"""loadgen --http2 against a server that is not ours: nghttpd."""
import shutil
import subprocess

import pytest

from support.formats import read_result
from support.servers import accepts, free_port
from support.waiting import wait_until

NGHTTPD = shutil.which("nghttpd", path="/usr/bin:/usr/sbin:/usr/local/bin")


@pytest.fixture
def server(tmp_path):
    if NGHTTPD is None:
        pytest.skip("nghttpd is not installed (Debian package nghttp2-server)")
    (tmp_path / "index.html").write_text("hello\n")
    port = free_port()
    process = subprocess.Popen([NGHTTPD, "--no-tls", "-a", "127.0.0.1", "-d", str(tmp_path), str(port)])
    try:
        wait_until(lambda: accepts(port))
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait()


def load(bin_folder, *arguments):
    finished = subprocess.run([bin_folder / "loadgen", "--json", "-", "--quiet", *arguments],
                              capture_output=True, text=True, timeout=60)
    return read_result(finished.stdout)


def test_many_streams_over_two_connections_are_all_answered(bin_folder, server):
    result = load(bin_folder, "--http2", "--streams", "20", "-c", "2", "-n", "2000", server + "index.html")
    assert result["protocol"] == "HTTP/2"
    assert result["status"] == {"200": 2000}
    assert result["connections"]["opened"] == 2
    assert result["requests"]["failed"] == 0


def test_http1_to_a_server_that_only_speaks_http2_is_a_protocol_error(bin_folder, server):
    result = load(bin_folder, "-c", "1", "-n", "3", server)
    assert result["protocol"] == "HTTP/1.1"
    assert result["errors"] == {"protocol": 3}
    assert result["error_details"]["protocol"]
