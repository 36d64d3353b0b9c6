"""The golden reports as others read them: JUnit by an XML parser, JSON by its schema, HTML by an HTML parser."""
import re
import xml.etree.ElementTree as ET

import pytest

from support import ROOT
from support.formats import html_page, read_result

TESTDATA = ROOT / "reports" / "run" / "testdata"
RUNS = ["passed", "failed", "empty", "hostile"]


def suites(name):
    return list(ET.parse(TESTDATA / f"{name}.xml").getroot().iter("testsuite"))


@pytest.mark.parametrize("name", RUNS + ["two"])
def test_junit_counts_what_it_lists(name):
    root = ET.parse(TESTDATA / f"{name}.xml").getroot()
    for tests in [root, *suites(name)]:
        cases = list(tests.iter("testcase"))
        assert int(tests.get("tests")) == len(cases)
        for attribute, tag in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]:
            assert int(tests.get(attribute)) == sum(case.find(tag) is not None for case in cases)
    assert len(suites("two")) == 2


@pytest.mark.parametrize("name", RUNS)
def test_junit_and_json_tell_the_same(name):
    result = read_result((TESTDATA / f"{name}.json").read_text())
    [suite] = suites(name)
    outcome = {"pass": None, "fail": "failure", "inconclusive": "error", "skipped": "skipped"}
    cases = [case for case in suite.iter("testcase") if case.get("name") != "run"]
    assert len(cases) == len(result["claims"])
    for case, claim in zip(cases, result["claims"]):
        tag = outcome[claim["verdict"]]
        assert [child.tag for child in case] == ([tag] if tag else [])
    bad = [case for case in suite.iter("testcase") if case.find("failure") is not None or case.find("error") is not None]
    assert bool(bad) == (result["exit_code"] != 0)


def test_junit_keeps_a_hostile_text_readable():
    [suite] = suites("hostile")
    assert "</script><img src=x onerror=alert(1)>]]>--><a b='c' d=\"e\">&amp;" in suite.get("name")
    assert "\nnext" in suite.find("system-out").text


@pytest.mark.parametrize("name", RUNS)
def test_html_is_whole_and_loads_nothing(name):
    text = (TESTDATA / f"{name}.html").read_text()
    page = html_page(text)
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert not re.search(r"url\(|@import", text)
    for link in page.iter("a"):
        assert re.fullmatch(r"\./[\w./~%-]*", link.get("href")), link.get("href")


@pytest.mark.parametrize("name", RUNS)
def test_no_report_holds_a_control_character(name):
    for kind in ["txt", "json", "xml", "html"]:
        text = (TESTDATA / f"{name}.{kind}").read_bytes().decode("utf-8", errors="strict")
        assert not re.search(r"[\x00-\x08\x0b-\x1f]", text), kind


def test_html_of_a_whole_run_has_all_its_parts():
    text = (TESTDATA / "failed.html").read_text()
    for title in ["Why", "Claims", "Timeline", "Notes", "Evidence", "Steps", "Files"]:
        assert f"<h2>{title}</h2>" in text
    assert text.count("<svg width=\"100%\"") >= 3
