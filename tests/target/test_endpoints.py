"""Every endpoint of target, over real sockets."""
import time

import psutil
import pytest

from support.formats import check_with_promtool, metric_samples
from support.waiting import wait_until


def cpu_seconds(pid):
    used = psutil.Process(pid).cpu_times()
    return used.user + used.system


def resident_bytes(pid):
    return psutil.Process(pid).memory_info().rss


def test_greets_says_goodbye_and_is_well(target):
    service = target()
    assert service.get("/").json()["message"] == "hello"
    assert service.get("/bye").json()["message"] == "goodbye"
    assert service.get("/health").json() == {"status": "ok"}
    assert service.get("/ready").json() == {"status": "ready"}
    assert service.get("/").headers["Content-Type"] == "application/json"


def test_names_its_pod_when_it_knows_it(target):
    assert target(POD_NAME="target-0").get("/").headers["X-Pod"] == "target-0"
    assert "X-Pod" not in target().get("/").headers


def test_work_uses_that_much_cpu_before_it_answers(target):
    service = target()
    before = cpu_seconds(service.pid)
    answer = service.get("/work?cpu=300ms").json()
    assert 0.300 <= answer["cpu_seconds"] < 0.310
    assert answer["wall_seconds"] >= answer["cpu_seconds"]
    assert 0.29 <= cpu_seconds(service.pid) - before < 0.40


def test_wait_waits_without_using_cpu(target):
    service = target()
    before, begin = cpu_seconds(service.pid), time.monotonic()
    assert service.get("/wait?for=300ms").status == 200
    assert 0.300 <= time.monotonic() - begin
    assert cpu_seconds(service.pid) - before < 0.05


def test_memory_is_resident_when_it_answers_and_given_back_later(target):
    service = target()
    before = resident_bytes(service.pid)
    assert service.get("/memory?bytes=32Mi&hold=1s").json()["held_bytes"] == 32 << 20
    assert resident_bytes(service.pid) - before >= 32 << 20
    assert service.metric("target_held_memory_bytes") == 32 << 20
    wait_until(lambda: resident_bytes(service.pid) - before <= 4 << 20)


def test_memory_beyond_its_bound_is_refused_with_the_numbers(target):
    service = target(MAX_MEMORY="16Mi")
    answer = service.get("/memory?bytes=32Mi&hold=1s")
    assert answer.status == 503
    assert "16Mi (MAX_MEMORY)" in answer.json()["error"]


@pytest.mark.parametrize("status", [200, 201, 204, 301, 304, 404, 418, 500, 503, 599])
def test_status_answers_with_that_status(target, status):
    answer = target().get(f"/status/{status}")
    assert answer.status == status
    assert answer.body == (b"" if status in (204, 304) else b'{"status":%d}\n' % status)


def cores_of(service):
    """CPU that it uses, over a second."""
    before, begin = cpu_seconds(service.pid), time.monotonic()
    time.sleep(1)
    return (cpu_seconds(service.pid) - before) / (time.monotonic() - begin)


def test_riseload_returns_at_once_burns_and_ends(target):
    service = target()
    begin = time.monotonic()
    answer = service.get("/riseload?cpu=300m&for=1m").json()
    assert time.monotonic() - begin < 5
    assert answer["cores"] == 0.3
    assert service.metric("target_risen_load_cores") == 0.3
    wait_until(lambda: 0.25 < cores_of(service) < 0.36, 30)  # a busy machine may leave it less for a while
    service.get("/riseload?cpu=300m&for=1s")
    wait_until(lambda: service.metric("target_risen_load_cores") == 0)


def test_a_second_riseload_replaces_the_first(target):
    service = target()
    service.get("/riseload?cpu=900m&for=1h")
    service.get("/riseload?cpu=100m&for=1h")
    assert cores_of(service) < 0.2
    assert service.get("/riseload?cpu=0&for=1s").status == 200
    assert service.metric("target_risen_load_cores") == 0


def test_a_percentage_is_of_the_limit_and_more_than_all_of_it_is_throttled(group, target):
    service = target(preexec_fn=group.limit(cores=0.5).enter)
    answer = service.get("/riseload?cpu=150%&for=1h").json()
    assert (answer["limit_cores"], answer["asked_cores"]) == (0.5, 0.75)
    def throttled():
        return group.read_key("cpu", "cpu.stat", "nr_throttled")

    before = throttled()
    wait_until(lambda: throttled() >= before + 10, 30, said="it is not throttled")
    assert service.get("/health").status == 200


@pytest.mark.parametrize("path, words", [
    ("/work", "parameter 'cpu' is missing"),
    ("/work?cpu=20", "'20' is not a duration"),
    ("/work?cpu=2m", "at most"),
    ("/work?cpus=20ms", "unknown parameter 'cpus'"),
    ("/wait?for=", "for:"),
    ("/memory?bytes=64Mi", "parameter 'hold' is missing"),
    ("/memory?bytes=64MB&hold=1s", "'64MB'"),
    ("/riseload", "parameter 'cpu' is missing"),
    ("/riseload?cpu=150%", "parameter 'for' is missing"),
    ("/status/99", "from 200 to 599"),
])
def test_a_bad_query_is_400_with_one_line_of_json(target, path, words):
    answer = target().get(path)
    assert answer.status == 400
    assert words in answer.json()["error"] and "for example /" in answer.json()["error"]
    assert answer.body.count(b"\n") == 1


def test_a_percentage_without_a_limit_is_400_and_says_what_to_ask_for(target):
    service = target()
    if service.get("/riseload?cpu=0&for=1s").json()["limit_cores"] is not None:
        pytest.skip("there is a CPU limit here")
    answer = service.get("/riseload?cpu=150%&for=1s")
    assert answer.status == 400
    assert "there is none here; ask for cores" in answer.json()["error"]


def test_unknown_paths_are_404_and_other_methods_405_with_allow(target):
    service = target()
    assert service.get("/nope").status == 404
    for path, method, allow in [("/health", "POST", "GET, HEAD"), ("/work?cpu=1ms", "DELETE", "GET, HEAD, POST")]:
        answer = service.get(path, method)
        assert (answer.status, answer.headers["Allow"]) == (405, allow)
    assert service.get("/work?cpu=1ms", "POST", body=b"x" * 10000).status == 200


def test_head_has_the_length_and_no_body(target):
    service = target()
    whole, head = service.get("/"), service.get("/", "HEAD")
    assert head.status == 200 and head.body == b""
    assert head.headers["Content-Length"] == whole.headers["Content-Length"] == str(len(whole.body))


def test_request_metrics_are_by_route_and_code_and_leave_probes_out(target):
    service = target()
    for path in ["/", "/", "/status/503", "/status/503", "/status/404", "/nope?x=1", "/health", "/ready", "/metrics"]:
        service.get(path)
    text = service.get("/metrics").body.decode()
    samples = metric_samples(text)
    for name, value in [('http_requests_total{endpoint="/",code="200"}', 2),
                 ('http_requests_total{endpoint="/status/{code}",code="503"}', 2),
                 ('http_requests_total{endpoint="/status/{code}",code="404"}', 1),
                 ('http_requests_total{endpoint="other",code="404"}', 1),
                 ('http_request_duration_seconds_count{endpoint="/"}', 2),
                 ("http_requests_in_flight", 0)]:
        assert samples[name] == value, text
    assert "/health" not in text and "/ready" not in text and "/metrics" not in text
    assert "process_cpu_seconds_total" in text and "target_build_info{" in text


def test_metrics_pass_promtool(target):
    service = target()
    service.get("/work?cpu=1ms")
    check_with_promtool(service.get("/metrics").body.decode())


def test_too_much_work_is_refused_and_health_is_answered_meanwhile(target):
    service = target(THREADS="1")
    clients = [service.connect() for _ in range(300)]
    try:
        for client in clients:
            client.sendall(b"GET /work?cpu=50ms HTTP/1.1\r\nHost: a\r\n\r\n")
        times = []
        for _ in range(50):
            begin = time.monotonic()
            assert service.get("/health").status == 200
            times.append(time.monotonic() - begin)
        assert sorted(times)[len(times) // 2] < 0.05, sorted(times)
        refused = service.line(lambda line: line.get("status") == 503)
        assert refused["path"] == "/work"
    finally:
        for client in clients:
            client.close()
