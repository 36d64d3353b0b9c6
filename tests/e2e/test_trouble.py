"""What goes wrong in earnest: each with its exit code, and one line that says which."""
import json
import signal
import subprocess
import time

import pytest

from support.formats import read_result
from support.kubectl import kubectl, kubectl_json, run_namespaces
from support.waiting import wait_until

READY = "steps:\n  - {name: ready, wait: {ready: true, by: 60s}}\n"


def test_a_claim_made_false_is_named_with_what_was_expected_and_seen(plimsoll, scenario):
    run = plimsoll(scenario("""\
        steps:
          - {name: ready, wait: {ready: true, by: 60s}}
          - {name: bloat, exec: {pod: any, command: [membloat, --percent-of-limit, "120"]}}
        expect:
          - {id: oom, container: {lastTerminated: {reason: OOMKilled}, restarts: "+2"}, eventually: {after: bloat.start, by: 25s}}
        """))
    assert run.code == 1, run.text
    assert run.claims() == {"oom": "failed"}
    line = next(line for line in run.stdout.splitlines() if "oom" in line and "+2" in line)
    assert "+1" in line, line


def test_prometheus_stopped_in_the_middle_is_inconclusive(bin_folder, plimsoll, scenario):
    file = scenario("""\
        steps:
          - {name: ready, wait: {ready: true, by: 60s}}
          - {name: quiet, sleep: 45s}
        expect:
          - {id: silent, alert: {name: ContainerOOMKilled, state: firing}, never: {from: quiet.start, to: quiet.end}}
        """)
    stop = subprocess.Popen(["sh", "-c", "sleep 15; exec kubectl -n monitoring scale deployment/prometheus --replicas=0"])
    try:
        run = plimsoll(file)
    finally:
        stop.wait(timeout=60)
        kubectl("-n", "monitoring", "scale", "deployment/prometheus", "--replicas=1")
        kubectl("-n", "monitoring", "rollout", "status", "deployment/prometheus", "--timeout=90s")
    assert run.code == 3, run.text
    assert run.claims() == {"silent": "inconclusive"}


def test_no_cluster_is_said_at_once(plimsoll, scenario, tmp_path):
    config = tmp_path / "nowhere"
    config.write_text(kubectl("config", "view", "--raw").replace(":6443", ":6"))
    run = plimsoll(scenario(READY), "--kubeconfig", config, timeout=60)
    assert run.code == 4, run.text
    assert "cluster" in run.stderr and len(run.stderr.strip().splitlines()) == 1, run.stderr


def test_a_missing_permission_is_named(plimsoll, scenario, tmp_path):
    kubectl("create", "serviceaccount", "nobody", "-n", "default")
    try:
        token = kubectl("create", "token", "nobody", "-n", "default").strip()
        view = kubectl_json("config", "view", "--raw")
        view["users"][0]["user"] = {"token": token}
        config = tmp_path / "nobody"
        config.write_text(json.dumps(view))
        run = plimsoll(scenario(READY), "--kubeconfig", config, timeout=60)
    finally:
        kubectl("delete", "serviceaccount", "nobody", "-n", "default")
    assert run.code == 4, run.text
    assert "namespaces" in run.stderr and "create" in run.stderr, run.stderr


def test_an_absent_metrics_api_is_named(plimsoll, scenario):
    saved = kubectl_json("get", "apiservice", "v1beta1.metrics.k8s.io")
    kubectl("delete", "apiservice", "v1beta1.metrics.k8s.io")
    try:
        run = plimsoll(scenario(READY + 'expect:\n  - {id: out, hpa: {desiredReplicas: ">=1"}, eventually: {after: start, by: 30s}}\n',
                                overlay="scenario", extra=", hpa: target"), timeout=60)
    finally:
        saved["metadata"] = {"name": saved["metadata"]["name"]}
        del saved["status"]
        kubectl("apply", "-f", "-", input=json.dumps(saved))
    assert run.code == 4, run.text
    assert "metrics" in run.stderr, run.stderr


@pytest.mark.parametrize("signal_number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_cleans_up_and_leaves_its_result(bin_folder, scenario, tmp_path, signal_number, code):
    file = scenario(READY + "  - {name: long, sleep: 5m}\n"
                    'expect:\n  - {id: up, workload: {readyReplicas: ">=1"}, eventually: {after: start, by: 60s}}\n')
    before = run_namespaces()
    process = subprocess.Popen([bin_folder / "plimsoll", "run", file, "--out", tmp_path / "out"], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        made = wait_until(lambda: run_namespaces() - before, 60, 0.5)
        time.sleep(5)
    finally:
        process.send_signal(signal_number)
        output, _ = process.communicate(timeout=120)
    assert process.returncode == code, output
    assert not run_namespaces() & made
    assert read_result((tmp_path / "out" / "result.json").read_text())["verdict"] != "passed"
