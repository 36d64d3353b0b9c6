"""Reads what the programs write, by the parsers that others use: HTML, Prometheus text, JSON Schema."""
import json
import re
import shutil
import subprocess

import html5lib
import jsonschema
import pytest
from prometheus_client.parser import text_string_to_metric_families

from support import ROOT

TAGS = set("meta html head title style body header section h1 h2 h3 p dl dt dd div table thead tbody tr th td "
           "ul ol li b i a pre code span svg g line rect circle path text tspan".split())


def html_page(text):
    """The tree of a page without a parse error, in which nothing but links leads outside, and nothing runs."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(text)
    # A text may hold a noncharacter such as U+10FFFF: valid UTF-8, displayed as a box, and an error by HTML's letter.
    assert {kind for _, kind, _ in parser.errors} <= {"invalid-codepoint"}, parser.errors
    for element in tree.iter():
        tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
        assert tag in TAGS, tag
        for name in element.keys():
            assert not name.startswith("on") and name not in {"src", "style", "srcset"}, (tag, name)
            assert name != "href" or tag == "a", tag
    return tree


def metric_samples(text):
    """'name{label="value",...}' -> value, of a Prometheus text; the labels as they stand there."""
    def key(sample):
        labels = ",".join(f'{name}="{value}"' for name, value in sample.labels.items())
        return sample.name + (f"{{{labels}}}" if labels else "")
    return {key(sample): sample.value for family in text_string_to_metric_families(text) for sample in family.samples}


def check_with_promtool(text):
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not on PATH: ./dev setup builds it where Go is installed")
    checked = subprocess.run([promtool, "check", "metrics"], input=text, text=True, capture_output=True)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def closed(schema):
    """The schema, but with no other keys than those that it describes: users may meet new ones, our tests may not."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    extra = {"additionalProperties": False} if "properties" in schema and "additionalProperties" not in schema else {}
    return {**extra, **{key: closed(value) for key, value in schema.items()}}


def read_result(text):
    """The JSON result of one of our programs, which the schema that it names describes without a gap."""
    document = json.loads(text)
    name, version = re.fullmatch(r"plimsoll\.(\w+)/(v\d+)", document["schema"]).groups()
    schema = json.loads((ROOT / "docs" / "schemas" / f"{name}.{version}.json").read_text())
    validator = jsonschema.Draft202012Validator(closed(schema))
    wrong = [f"{error.json_path}: {error.message}"[:300] for error in validator.iter_errors(document)]
    assert not wrong, "\n".join(wrong)
    return document
