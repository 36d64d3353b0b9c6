"""The disposable cluster, as ./dev started it: kubectl is on PATH and KUBECONFIG is set."""
import json
import os
import pathlib
import subprocess
import textwrap

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def kubectl(*args, check=True, **options):
    finished = subprocess.run(["kubectl", *args], text=True, capture_output=True, **options)
    assert not check or finished.returncode == 0, f"kubectl {' '.join(args)}: {finished.stderr}"
    return finished.stdout


def run_namespaces():
    """Namespaces that runs made and have not removed."""
    listed = json.loads(kubectl("get", "namespaces", "-l", "app.kubernetes.io/managed-by=plimsoll", "-o", "json"))
    return [item["metadata"]["name"] for item in listed["items"]]


@pytest.fixture(scope="session", autouse=True)
def cluster():
    if "KUBECONFIG" not in os.environ:
        pytest.skip("no cluster: ./dev test --e2e starts one")
    kubectl("get", "--raw", "/readyz")


@pytest.fixture(autouse=True)
def leaves_no_namespace():
    before = set(run_namespaces())
    yield
    assert set(run_namespaces()) <= before, "a run left its namespace behind"


@pytest.fixture
def scenario(tmp_path):
    """scenario(body) writes a scenario file whose spec starts with our target and ends with body."""
    def write(body, overlay="no-hpa", extra=""):
        file = tmp_path / "scenario.yaml"
        file.write_text(textwrap.dedent(f"""\
            apiVersion: plimsoll.dev/v1alpha1
            kind: Scenario
            metadata: {{name: trouble}}
            spec:
              target: {{manifests: [{ROOT}/k8s/manifests/overlays/{overlay}], workload: deployment/target, container: target{extra}}}
            """) + textwrap.indent(textwrap.dedent(body), "  "))
        return file
    return write
