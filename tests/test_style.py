"""One C++ style in all folders; what differs, tests/style.py --fix mends."""
import shutil

import pytest

import style
from support import ROOT


def where(file, line):
    return f"{file.relative_to(ROOT)}:{line + 1}"


def test_everything_is_laid_out_by_clang_format():
    if shutil.which("clang-format-14") is None:
        pytest.fail("clang-format-14 is not installed (./dev setup)")
    said = style.clang_format("--dry-run", "-Werror", paths=style.files()).stderr
    assert not said, "\n".join(line for line in said.splitlines() if "error:" in line)


def test_a_body_of_one_line_has_no_braces():
    found = [where(file, chain[0][0]) for file in style.files() for chain in style.braced_bodies(file.read_text())]
    assert not found, "\n".join(found)


def test_test_names_are_sentences_in_camel_case():
    found = [f"{file.relative_to(ROOT)}: {name}" for file in style.files() for name in style.odd_tests(file.read_text())]
    assert not found, "\n".join(found)


# --- the checker itself ---


@pytest.mark.parametrize("text, fixed", [
    ("if (a) {\n  b();\n}\n", "if (a)\n  b();\n"),
    ("if (a &&\n    c) {\n  b();  // why\n}\n", "if (a &&\n    c)\n  b();  // why\n"),
    ("for (;;) {\n  if (a) b();\n}\n", "for (;;)\n  if (a) b();\n"),
    ("  if (a) {\n    b();\n  } else if (c) {\n    d();\n  } else {\n    e();\n  }\n",
     "  if (a)\n    b();\n  else if (c)\n    d();\n  else\n    e();\n"),
    ("if (any(v, [](int x) {\n      return x;\n    })) {\n  b();\n}\n", "if (any(v, [](int x) {\n      return x;\n    }))\n  b();\n"),
])
def test_braces_that_go(text, fixed):
    assert style.braced_bodies(text)
    assert style.without_braces(text) == fixed


@pytest.mark.parametrize("text", [
    "if (a) {\n  b();\n  c();\n}\n",
    "if (a) {\n  // why\n  b();\n}\n",
    "if (a) {\n  b(c,\n    d);\n}\n",
    "if (a) {\n  b();\n} else {\n  c();\n  d();\n}\n",
    "if (a) {\n  if (b) c();\n} else {\n  d();\n}\n",   # whose else?
    "if (a)\n  for (;;) {\n    if (b) c();\n  }\nelse\n  d();\n",
    "if (a) {\n  EXPECT_TRUE(b);\n}\n",
    "if (a) {\n}\n",
    "void f() {\n  b();\n}\n",
    "v.each([](int x) {\n  b(x);\n});\n",
    "if (any(v, [](int x) {\n      return x;\n    }))\n  b();\n",
    "do {\n  b();\n} while (a);\n",
])
def test_braces_that_stay(text):
    assert style.braced_bodies(text) == []
    assert style.without_braces(text) == text


@pytest.mark.parametrize("text, fixed", [
    ("TEST(Alert, fires_after_it_was_seen) {", "TEST(AlertTest, FiresAfterItWasSeen) {"),
    ("TEST(AlertTest, NameREDIS_URLToo) {", "TEST(AlertTest, NameREDISURLToo) {"),
    ("class Log : public Test {};\nTEST_F(Log, IsRead) {", "class LogTest : public Test {};\nTEST_F(LogTest, IsRead) {"),
    ("Alert a;\nTEST(Alert, IsRead) {", "Alert a;\nTEST(AlertTest, IsRead) {"),
])
def test_test_names_that_change(text, fixed):
    assert style.odd_tests(text)
    assert style.with_test_names(text) == fixed and not style.odd_tests(fixed)


def test_test_names_that_stay():
    text = "TEST(HistogramTest, EmptyHistogramHasNoPercentile) {\nTEST_P(Utf8Test, A1) {\n"
    assert style.odd_tests(text) == [] and style.with_test_names(text) == text
