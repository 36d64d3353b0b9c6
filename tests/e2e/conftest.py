"""The disposable cluster, as ./dev started it: kubectl is on PATH and KUBECONFIG is set."""
import os
import textwrap

import pytest

from support import ROOT
from support.kubectl import kubectl, run_namespaces


def pytest_collection_modifyitems(items):
    """A run on the cluster takes minutes; that of a whole scenario at most its own timeout of 15."""
    for item in items:
        if item.path.parent == ROOT / "tests" / "e2e":
            item.add_marker(pytest.mark.timeout(1200))


@pytest.fixture(scope="session", autouse=True)
def cluster():
    if "KUBECONFIG" not in os.environ:
        pytest.skip("no cluster: ./dev test --e2e starts one")
    kubectl("get", "--raw", "/readyz")


@pytest.fixture(autouse=True)
def leaves_no_namespace():
    before = run_namespaces()
    yield
    assert run_namespaces() <= before, "a run left its namespace behind"


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
