"""What the cluster's programs are built with, against what its manifests ask of them."""
import re

from support import ROOT

CLUSTER = ROOT / "k8s" / "cluster"
MONITORING = CLUSTER.parent / "monitoring"


def versions(module):
    return dict(re.findall(r"^\t(\S+) (v\S+)", (CLUSTER / "go" / module / "go.mod").read_text(), re.M))


def test_metrics_server_has_the_clusters_versions_so_that_nothing_is_compiled_twice():
    cluster, metrics_server = versions("cluster"), versions("metrics-server")
    other = {module for module in cluster.keys() & metrics_server.keys() if cluster[module] != metrics_server[module]}
    assert len(cluster.keys() & metrics_server.keys()) > 100
    assert other == {"github.com/prometheus/prometheus"}


def test_coredns_has_the_plugins_of_its_corefile_and_no_others():
    corefile = re.search(r"Corefile: \|\n(.*?)\n---", (CLUSTER / "addons" / "coredns.yaml").read_text(), re.S)[1]
    used = set(re.findall(r"^ {8}(\w+)", corefile, re.M))
    imported = set(re.findall(r'coredns/plugin/(\w+)"', (CLUSTER / "go" / "cluster" / "coredns" / "main.go").read_text()))
    assert used == {"prometheus" if plugin == "metrics" else plugin for plugin in imported}


def test_prometheus_has_the_discoveries_that_its_configuration_uses():
    tags = re.search(r"^tags=(\S+)", (CLUSTER / "programs.sh").read_text(), re.M)[1]
    built = {"file", "http"} | set(re.findall(r"enable_(\w+)_sd", tags))
    used = {name for file in MONITORING.rglob("*.yml") for name in re.findall(r"(\w+)_sd_configs", file.read_text())}
    assert used and used <= built
