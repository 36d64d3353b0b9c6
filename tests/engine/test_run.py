"""`plimsoll run` and `validate` against a fake kubectl: what is checked first, what is left, how a run ends."""
import json
import os
import pathlib
import re
import signal
import subprocess
import time

import psutil
import pytest

from support.formats import read_result
from support.waiting import wait_until

HERE = pathlib.Path(__file__).resolve().parent
DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "target"},
              "spec": {"selector": {"matchLabels": {"app": "target"}},
                       "template": {"metadata": {"labels": {"app": "target"}},
                                    "spec": {"containers": [{"name": "target", "image": "docker.io/plimsoll/target:dev"}]}}}}
READY = 'expect:\n  - {id: up, workload: {readyReplicas: ">=1"}, eventually: {after: start, by: 20s}}\n'
STEP = "steps:\n  - {name: ready, wait: {ready: true, by: 2s}}\n"
RULES = "groups: [{name: g, rules: [{alert: Busy, expr: up == 1}]}]\n"


class Fake:
    def __init__(self, folder, bin_folder):
        self.folder, self.program, self.out = folder, bin_folder / "plimsoll", folder / "out"
        (folder / "target.json").write_text(json.dumps(DEPLOYMENT))
        (folder / "rules.yaml").write_text(RULES)

    def scenario(self, body, rules=False):
        file = self.folder / "scenario.yaml"
        text = ("apiVersion: plimsoll.dev/v1alpha1\nkind: Scenario\nmetadata: {name: small}\nspec:\n"
                "  target: {manifests: [target.json], workload: deployment/target, container: target}\n")
        text += "  rules: [rules.yaml]\n" if rules else ""
        file.write_text(text + "".join(f"  {line}\n" for line in body.splitlines()))
        return file

    def start(self, *arguments, **settings):
        (self.folder / "settings.json").write_text(json.dumps(settings))
        (self.folder / "left.json").unlink(missing_ok=True)
        env = {**os.environ, "FAKE_CLUSTER": str(self.folder), "PLIMSOLL_KUBECTL": str(HERE / "fake_kubectl.py"), "TMPDIR": "/tmp"}
        return subprocess.Popen([self.program, "run", *map(str, arguments), "--out", self.out], env=env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *arguments, **settings):
        process = self.start(*arguments, **settings)
        stdout, stderr = process.communicate(timeout=180)
        return process.returncode, stdout, stderr

    def requests(self):
        file = self.folder / "requests.log"
        return file.read_text().splitlines() if file.exists() else []

    def wait_until_applied(self, process):
        def applied():
            assert process.poll() is None, process.communicate()
            return any("/deployments/" in line for line in self.requests())

        wait_until(applied, 60)
        time.sleep(1)

    def left(self):
        return json.loads((self.folder / "left.json").read_text())

    def deployment(self):
        """The one that stands in the cluster now, if any."""
        left = self.left() if (self.folder / "left.json").exists() else {}
        return next((value for path, value in left.items() if path.endswith("/deployments/target")), None)

    def result(self):
        return read_result((self.out / "result.json").read_text())

    def changes(self):
        return [line for line in self.requests() if not line.startswith("GET") and "accessreviews" not in line]


@pytest.fixture
def fake(tmp_path, bin_folder):
    return Fake(tmp_path, bin_folder)


def nothing_left(fake):
    left = fake.left()
    return not [path for path in left if "plimsoll-" in path] and left["/api/v1/namespaces/monitoring/configmaps/prometheus-rules"]["data"] == {}


def test_a_run_passes_and_leaves_its_folder_and_nothing_in_the_cluster(fake):
    code, stdout, stderr = fake.run(fake.scenario(STEP + READY, rules=True))
    assert code == 0, stdout + stderr
    assert re.match(r"scenario small: context fake, namespace plimsoll-small-\w{6}, run \w{6}\n", stdout)
    for name in ("scenario.yaml", "observations.jsonl", "result.json", "junit.xml", "report.html"):
        assert (fake.out / name).stat().st_size > 0, name
    assert fake.result()["verdict"] == "passed"
    assert nothing_left(fake)
    assert any(line.endswith("/-/reload") for line in fake.changes())


def test_objects_get_the_run_label_the_namespace_and_the_image_prefix(fake):
    process = fake.start(fake.scenario("steps:\n  - {name: hold, sleep: 3s}\n" + READY), "--image-prefix", "registry.example/p")
    deployment = wait_until(fake.deployment, 60)
    process.communicate(timeout=60)
    run = deployment["metadata"]["labels"]["plimsoll.dev/run"]
    assert deployment["metadata"]["namespace"] == f"plimsoll-small-{run}"
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "registry.example/p/target:dev"


@pytest.mark.parametrize("settings, said", [
    ({"denied": ["create namespaces"]}, "create namespaces"),
    ({"prometheus": False}, "Prometheus does not answer at monitoring/prometheus:9090"),
])
def test_preflight_says_what_is_missing_and_makes_nothing(fake, settings, said):
    code, stdout, stderr = fake.run(fake.scenario(STEP + READY, rules=True), **settings)
    assert code == 4, stdout + stderr
    assert said in stderr and len(stderr.splitlines()) == 1, stderr
    assert fake.changes() == []
    assert not fake.out.exists()


def test_preflight_asks_for_the_metrics_api_only_where_an_hpa_needs_it(fake):
    assert fake.run(fake.scenario(STEP + READY), metrics=False)[0] == 0
    fake.out = fake.folder / "second"
    body = STEP + 'expect:\n  - {id: out, hpa: {name: target, desiredReplicas: ">=1"}, eventually: {after: start, by: 2s}}\n'
    code, _, stderr = fake.run(fake.scenario(body), metrics=False)
    assert code == 4
    assert "metrics.k8s.io" in stderr


def test_preflight_asks_for_the_receiver_where_a_claim_needs_it(fake):
    body = STEP + "expect:\n  - {id: told, delivery: {status: firing}, eventually: {after: start, by: 2s}}\n"
    code, _, stderr = fake.run(fake.scenario(body), receiver=False)
    assert code == 4
    assert "receiver does not answer at monitoring/receiver:8080" in stderr


def test_a_folder_that_holds_another_run_is_not_written_over(fake):
    assert fake.run(fake.scenario(STEP + READY))[0] == 0
    code, _, stderr = fake.run(fake.scenario(STEP + READY))
    assert code == 2
    assert "holds another run" in stderr


def test_a_missing_kubectl_is_said(fake):
    file = fake.scenario(STEP + READY)
    finished = subprocess.run([fake.program, "run", file, "--out", fake.out], text=True, capture_output=True,
                              env={"PATH": str(fake.folder)})
    assert finished.returncode == 4
    assert finished.stderr.startswith("plimsoll: kubectl is missing"), finished.stderr


def test_a_wrong_scenario_starts_nothing(fake):
    code, stdout, stderr = fake.run(fake.scenario(STEP + READY + "bogus: 1\n"))
    assert code == 2
    assert re.match(r"plimsoll: \S+scenario\.yaml:\d+:\d+: .*bogus", stderr), stderr
    assert stdout == "" and fake.requests() == []


def test_a_missing_manifest_starts_nothing(fake):
    file = fake.scenario(STEP + READY)
    (fake.folder / "target.json").unlink()
    code, _, stderr = fake.run(file)
    assert code == 2, stderr
    assert "target.json" in stderr
    assert fake.changes() == []


def test_a_wait_that_times_out_says_why_and_is_aborted(fake):
    code, stdout, stderr = fake.run(fake.scenario(STEP + READY), ready=False)
    assert code == 5, stdout + stderr
    assert "ImagePullBackOff: no such image" in stdout
    assert (fake.out / "diagnostics" / "pods.txt").exists()
    assert nothing_left(fake)


def test_an_exit_code_is_judged_only_where_it_is_expected(fake):
    step = STEP + "  - {name: burn, exec: {pod: any, command: [cpuburn]%s}}\n" + READY
    assert fake.run(fake.scenario(step % ""), exec_exit=3)[0] == 0
    assert "burning" in (fake.out / "exec-burn-target-1.log").read_text()
    fake.out = fake.folder / "second"
    code, stdout, _ = fake.run(fake.scenario(step % ", expectExit: 0"), exec_exit=3)
    assert code == 1
    assert "expected exit code 0, got 3" in stdout


def test_rules_that_prometheus_cannot_evaluate_are_environment_trouble(fake):
    process = fake.start(fake.scenario(STEP + READY, rules=True), bad_rules=True)
    time.sleep(5)
    process.send_signal(signal.SIGTERM)  # it would try for 90 s
    process.communicate(timeout=60)
    assert process.returncode == 143
    assert nothing_left(fake)


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_cleans_up_and_leaves_its_result(fake, number, code):
    process = fake.start(fake.scenario("steps:\n  - {name: long, sleep: 5m}\n" + READY))
    fake.wait_until_applied(process)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == code, stderr
    assert nothing_left(fake)
    assert fake.result()["exit_code"] == code


def test_a_second_interrupt_leaves_at_once_and_says_what_stands(fake):
    process = fake.start(fake.scenario("steps:\n  - {name: long, sleep: 5m}\n" + READY), stuck=True)
    fake.wait_until_applied(process)
    process.send_signal(signal.SIGINT)
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=5)
    assert process.returncode == 130
    assert re.search(r"kubectl delete namespace plimsoll-small-\w{6}", stderr), stderr


def test_a_namespace_that_existed_is_kept_and_the_runs_objects_go(fake):
    code, stdout, stderr = fake.run(fake.scenario(STEP + READY), "--namespace", "kept")
    assert code == 0, stdout + stderr
    assert "it exists and will stay" in stdout
    left = fake.left()
    assert "/api/v1/namespaces/kept" in left and "/api/v1/namespaces/kept/services/theirs" in left
    assert "/apis/apps/v1/namespaces/kept/deployments/target" not in left


def test_somebody_elses_object_is_never_touched(fake):
    (fake.folder / "target.json").write_text(json.dumps({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "theirs"}}))
    code, stdout, stderr = fake.run(fake.scenario(STEP + READY), "--namespace", "kept")
    assert code == 4, stdout + stderr
    assert "service/theirs exists already" in stderr
    assert fake.left()["/api/v1/namespaces/kept/services/theirs"] == {"metadata": {"name": "theirs"}}


def test_a_proxy_that_is_killed_is_started_again_and_the_run_goes_on(fake):
    process = fake.start(fake.scenario("steps:\n  - {name: hold, sleep: 6s}\n" + READY))
    fake.wait_until_applied(process)
    [proxy] = psutil.Process(process.pid).children()
    proxy.kill()
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stdout + stderr
    assert "started again" in stderr
    assert nothing_left(fake)


def test_prometheus_gone_in_the_middle_is_recorded_and_never_a_pass(fake):
    body = STEP + ("  - {name: quiet, sleep: 25s}\n"
                   "expect:\n  - {id: silent, alert: {name: Busy, state: firing}, never: {from: quiet.start, to: quiet.end}}\n")
    code, stdout, stderr = fake.run(fake.scenario(body, rules=True), prometheus_fails_after=5)
    assert code == 3, stdout + stderr
    assert nothing_left(fake)  # a Prometheus that comes back finds no rule of this run
    assert "does not answer" in stderr
    assert '"poll_failed"' in (fake.out / "observations.jsonl").read_text()
    assert fake.result()["claims"][0]["verdict"] == "inconclusive"


def two_scenarios(fake, steps):
    """Two files whose scenarios are called left and right, each with a rule."""
    text = fake.scenario(steps + READY, rules=True).read_text()
    files = []
    for name in ("left", "right"):
        files.append(fake.folder / f"{name}.yaml")
        files[-1].write_text(text.replace("name: small", f"name: {name}"))
    return files


def test_runs_in_parallel_overlap_and_each_leaves_its_own_result(fake):
    code, stdout, stderr = fake.run(*two_scenarios(fake, STEP + "  - {name: hold, sleep: 4s}\n"), "--parallel", "2", "--json", fake.folder / "all.json")
    assert code == 0, stdout + stderr
    changes = fake.changes()
    made = [i for i, line in enumerate(changes) if line.startswith("POST /api/v1/namespaces?")]
    removed = [i for i, line in enumerate(changes) if re.fullmatch(r"DELETE /api/v1/namespaces/plimsoll-[\w-]+", line)]
    assert len(made) == 2 and made[1] < removed[0], changes
    for name in ("left", "right"):
        assert read_result((fake.out / name / "result.json").read_text())["verdict"] == "passed"
        assert re.search(rf"^{name:5}  00:\d\d step hold: started$", stderr, re.M), stderr
        assert re.search(rf"^✓ passed  {name} ", stdout, re.M), stdout
    assert [one["scenario"] for one in json.loads((fake.folder / "all.json").read_text())] == ["left", "right"]
    assert nothing_left(fake)


def test_runs_in_parallel_come_to_the_gravest_exit_code(fake):
    good, bad = two_scenarios(fake, STEP)
    bad.write_text(bad.read_text().replace('">=1"', '">=2"').replace("by: 20s", "by: 2s"))
    code, stdout, stderr = fake.run(good, bad, "--parallel", "5")
    assert code == 1, stdout + stderr
    assert read_result((fake.out / "left" / "result.json").read_text())["verdict"] == "passed"


def test_a_signal_ends_and_cleans_up_all_runs_in_parallel(fake):
    process = fake.start(*two_scenarios(fake, "steps:\n  - {name: long, sleep: 5m}\n"), "--parallel", "2")
    wait_until(lambda: len({line for line in fake.changes() if "/deployments/" in line}) == 2, 60)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 143, stderr
    assert nothing_left(fake)
    for name in ("left", "right"):
        assert read_result((fake.out / name / "result.json").read_text())["exit_code"] == 143


def test_runs_in_parallel_do_not_share_a_namespace(fake):
    code, _, stderr = fake.run(*two_scenarios(fake, STEP), "--parallel", "2", "--namespace", "kept")
    assert code == 2
    assert "--parallel" in stderr and fake.requests() == []
