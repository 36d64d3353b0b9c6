"""kubectl on the disposable cluster: it is on PATH and KUBECONFIG is set."""
import json
import subprocess


def kubectl(*args, check=True, **options):
    finished = subprocess.run(["kubectl", *args], text=True, capture_output=True, **options)
    assert not check or finished.returncode == 0, f"kubectl {' '.join(args)}: {finished.stderr}"
    return finished.stdout


def kubectl_json(*args):
    return json.loads(kubectl(*args, "-o", "json"))


def run_namespaces():
    """Namespaces that runs made and have not removed."""
    listed = kubectl_json("get", "namespaces", "-l", "app.kubernetes.io/managed-by=plimsoll")
    return {item["metadata"]["name"] for item in listed["items"]}
