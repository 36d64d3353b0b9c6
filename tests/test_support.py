"""What reads the programs' output in other tests can refuse it."""
import json

import jsonschema
import pytest

from support import ROOT
from support.formats import html_page, metric_samples, read_result
from support.waiting import wait_until

RESULT = json.loads((ROOT / "reports" / "run" / "testdata" / "failed.json").read_text())


@pytest.mark.parametrize("file", sorted((ROOT / "docs" / "schemas").iterdir()), ids=lambda file: file.stem)
def test_a_schema_is_one_and_names_itself(file):
    schema = json.loads(file.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema"]["const"] == schema["title"] == "plimsoll." + file.stem.replace(".", "/")


@pytest.mark.parametrize("change, said", [
    ({"claims": [{**RESULT["claims"][0], "verdict": "maybe"}]}, r"\$.claims\[0\].verdict: 'maybe' is not one of"),
    ({"steps": [{"name": "ready"}]}, r"\$.steps\[0\]: 'kind' is a required property"),
    ({"colour": "red"}, r"'colour' was unexpected"),
])
def test_a_result_that_the_schema_does_not_describe_is_refused(change, said):
    read_result(json.dumps(RESULT))
    with pytest.raises(AssertionError, match=said):
        read_result(json.dumps({**RESULT, **change}))


@pytest.mark.parametrize("body", ["<script>1</script>", "<p onclick=x>a</p>", "<img src=x>", "<p><b>a</p>", "<link href=x>"])
def test_a_page_that_is_broken_or_loads_something_is_refused(body):
    page = "<!doctype html><html><head><title>a</title></head><body>{}</body></html>"
    assert html_page(page.format("<p>a</p>")).find("body/p").text == "a"
    with pytest.raises(AssertionError):
        html_page(page.format(body))


def test_metrics_are_read_by_name_and_labels():
    text = '# TYPE a counter\na_total{code="200",le="+Inf"} 3\n# TYPE b gauge\nb 1.5\n'
    assert metric_samples(text) == {'a_total{code="200",le="+Inf"}': 3, "b": 1.5}


def test_waiting_ends():
    assert wait_until(lambda: 7, 0) == 7
    with pytest.raises(AssertionError, match="never came"):
        wait_until(lambda: None, 0.01, said=lambda: "never came")
