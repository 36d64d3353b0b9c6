"""No request fails while pods are replaced or removed: readiness fails first, then the service drains.

500 requests/s over kept connections, and 100/s that each open a new one, go through the Service all the time. Kept ones
prove the drain (answers say Connection: close, none is cut); new ones prove that a pod still accepts until kube-proxy has
taken it out of the Service. It holds as long as kube-proxy needs less than SHUTDOWN_GRACE (5 s) for that.
"""
import json
import time
import uuid

import pytest

from support import ROOT
from support.formats import read_result
from support.kubectl import kubectl, kubectl_json
from support.waiting import wait_until

OVERLAY = ROOT / "k8s" / "manifests" / "overlays" / "scenario"
LOADS = {"kept": ["--rate=500/s", "--connections=64"],
         "new": ["--rate=100/s", "--connections=64", "--connection-requests=1"]}


def manifests(*, hpa):
    """The overlay's HPA, or everything but it."""
    documents = kubectl("kustomize", str(OVERLAY)).split("\n---\n")
    return "\n---\n".join(text for text in documents if ("kind: HorizontalPodAutoscaler" in text.splitlines()) is hpa)


class Target:
    """The service in a namespace of this test's own, with three pods and no HPA yet."""

    def __init__(self):
        self.namespace = f"rolling-{uuid.uuid4().hex[:8]}"
        kubectl("create", "namespace", self.namespace)

    def kubectl(self, *args, **options):
        return kubectl("-n", self.namespace, *args, **options)

    def start(self):
        self.kubectl("apply", "-f", "-", input=manifests(hpa=False))
        self.kubectl("scale", "deployment/target", "--replicas=3")
        self.kubectl("rollout", "status", "deployment/target", "--timeout=120s")
        return self

    def pods(self):
        """Names of its pods, those that end included."""
        listed = kubectl_json("-n", self.namespace, "get", "pods", "-l", "app=target")
        return {item["metadata"]["name"] for item in listed["items"]}

    def until_pods(self, wanted, seconds):
        wait_until(lambda: wanted(self.pods()), seconds, 0.5, said=lambda: f"still {sorted(self.pods())}")
        return self.pods()

    def remove(self):
        kubectl("delete", "namespace", self.namespace, "--wait=false")


class Load:
    """A Job of loadgen against the Service. Not labelled app=target: it must not become a part of it."""

    def __init__(self, target, name, arguments, seconds):
        self.target, self.name = target, f"load-{name}"
        url = f"http://target.{target.namespace}.svc/"
        security = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "runAsNonRoot": True,
                    "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"}}
        container = {"name": "loadgen", "image": "docker.io/plimsoll/loadgen:dev", "imagePullPolicy": "IfNotPresent",
                     "args": [*arguments, f"--duration={seconds}s", "--quiet", "--json=-", url],
                     "resources": {"requests": {"cpu": "100m", "memory": "32Mi"}}, "securityContext": security}
        pod = {"restartPolicy": "Never", "automountServiceAccountToken": False, "enableServiceLinks": False, "containers": [container]}
        job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": self.name},
               "spec": {"backoffLimit": 0, "activeDeadlineSeconds": seconds + 120, "template": {"spec": pod}}}
        target.kubectl("apply", "-f", "-", input=json.dumps(job))

    def phase(self):
        listed = kubectl_json("-n", self.target.namespace, "get", "pods", "-l", f"batch.kubernetes.io/job-name={self.name}")
        return listed["items"][0]["status"].get("phase") if listed["items"] else "Pending"

    def until(self, phases, seconds):
        wait_until(lambda: self.phase() in phases, seconds, 0.5, said=lambda: f"{self.name} is {self.phase()}")

    def result(self, seconds):
        """Its JSON; exit 3, its doubt about a busy machine, is fine here."""
        self.until(("Succeeded", "Failed"), seconds)
        log = self.target.kubectl("logs", f"job/{self.name}")
        assert "{" in log, log
        return read_result(log[log.index("{"):log.rindex("}") + 1])


@pytest.fixture
def target():
    made = Target()
    try:
        yield made.start()
    finally:
        made.remove()


def run_through(target, seconds, happen):
    """Loads the service for that long, lets it happen meanwhile, and gives back the results by name."""
    loads = {name: Load(target, name, arguments, seconds) for name, arguments in LOADS.items()}
    for load in loads.values():
        load.until(("Running",), 60)
    time.sleep(3)
    happen()
    assert {load.phase() for load in loads.values()} == {"Running"}, "it took longer than the load: the test proves nothing"
    return {name: load.result(seconds + 60) for name, load in loads.items()}


def assert_nothing_failed(results, seconds):
    for name, result in results.items():
        rate = int(LOADS[name][0].removeprefix("--rate=").removesuffix("/s"))
        said = f"{name}: {result['requests']} {result['status']} {result['errors']}"
        assert result["requests"]["scheduled"] >= 0.99 * rate * seconds, said
        assert set(result["status"]) == {"200"}, said
        assert (result["requests"]["failed"], result["requests"]["unfinished"], result["requests"]["dropped"]) == (0, 0, 0), said
        assert result["requests"]["completed"] == result["requests"]["scheduled"], said


def test_no_request_fails_over_a_rolling_update(target):
    before = target.pods()
    assert len(before) == 3

    def update():
        target.kubectl("rollout", "restart", "deployment/target")
        target.kubectl("rollout", "status", "deployment/target", "--timeout=75s")
        after = target.until_pods(lambda pods: not pods & before, 30)  # the last old one has drained and is gone
        assert len(after) == 3

    assert_nothing_failed(run_through(target, 120, update), 120)


def test_no_request_fails_while_the_hpa_scales_in_from_three_pods_to_one(target):
    """600 requests/s of GET / are a few hundredths of a core: one pod is enough for the HPA's 70 % of 100m."""
    def scale_in():
        target.kubectl("apply", "-f", "-", input=manifests(hpa=True))
        assert len(target.pods()) == 3
        # its window of 60 s counts from the HPA's first look, which needs metrics of all pods
        target.until_pods(lambda pods: len(pods) == 1, 150)
        hpa = kubectl_json("-n", target.namespace, "get", "hpa", "target")
        assert hpa["status"]["desiredReplicas"] == 1
        events = target.kubectl("get", "events", "--field-selector=involvedObject.name=target", "-o", "jsonpath={.items[*].reason}")
        assert "SuccessfulRescale" in events, events

    assert_nothing_failed(run_through(target, 180, scale_in), 180)
