"""Every alerting rule, shipped or brought by a scenario, has a `promtool test rules` file, and passes it."""
import re
import shutil
import subprocess

import pytest

from support import ROOT

RULES = sorted(file for folder in ("k8s/monitoring/rules", "scenarios/rules") for file in (ROOT / folder).glob("*.yaml")
               if file.name != "kustomization.yaml")


@pytest.mark.parametrize("rules", RULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_rule_file_has_a_test_that_passes(rules):
    test = rules.parent / "tests" / rules.name
    assert test.exists(), f"{test} is missing"
    for alert in re.findall(r"alert: (\w+)", rules.read_text()):
        assert f"alertname: {alert}" in test.read_text(), f"{test} does not test {alert}"
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not on PATH: ./dev setup builds it where Go is installed")
    checked = subprocess.run([promtool, "test", "rules", test], text=True, capture_output=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
