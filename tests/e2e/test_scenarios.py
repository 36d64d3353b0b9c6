"""The catalogue that the demo runs, on the real cluster."""
import json

import pytest

from support import ROOT


@pytest.mark.parametrize("name", ["memory-oom-alert", "cpu-throttle-alert", "hpa-scale-out-in"])
def test_scenario_passes(plimsoll, name):
    run = plimsoll(ROOT / "scenarios" / f"{name}.yaml")
    assert run.code == 0, run.text
    claims = run.claims()
    assert claims and set(claims.values()) == {"passed"}, claims
    for left in ("scenario.yaml", "observations.jsonl", "result.json", "junit.xml", "report.html"):
        assert (run.out / left).stat().st_size > 0, left
    kinds = {json.loads(line)["kind"] for line in (run.out / "observations.jsonl").read_text().splitlines()}
    assert {"run", "mark", "step", "pod", "workload"} <= kinds
    if name != "cpu-throttle-alert":
        assert "shipped" in (run.out / "report.html").read_text(), "the report does not say which windows are shortened"
