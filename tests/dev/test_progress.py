"""scripts/progress.sh: which lines are progress, and that no other is lost."""
import os
import pty
import subprocess

import pytest

from support import ROOT

PROGRESS = ROOT / "scripts" / "progress.sh"


def shown(text, every="0"):
    finished = subprocess.run([PROGRESS], input=text, text=True, capture_output=True, timeout=30, env={**os.environ, "PROGRESS_EVERY": every})
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.mark.parametrize("line, progress", [
    ("[12/340] Building CXX object core/text/CMakeFiles/core_text.dir/utf8.cpp.o", "12 of 340, 0:00, Building CXX object core/text/utf8.cpp.o"),
    ("[0/3412] downloading k8s.io/api v0.34.4", "0 of 3412, 0:00, downloading k8s.io/api v0.34.4"),
    (" 1/45 Test  #1: core_test ................   Passed    0.01 sec", "1 of 45, 0:00, core_test"),
    ("tests/test_docs.py::test_links PASSED                 [  5%]", "5 %, 0:00, tests/test_docs.py::test_links"),
    ("tests/test_rules.py::test_rule[a b] SKIPPED (no promtool) [100%]", "100 %, 0:00, tests/test_rules.py::test_rule[a b]"),
])
def test_a_line_that_counts_becomes_progress(line, progress):
    assert shown(line + "\n") == f"    {progress}\n"


@pytest.mark.parametrize("line", [
    "a.cpp:12:3: error: expected ';'",
    "[note] 3/4 of it",
    " 2/45 Test  #2: core_test ................***Failed    0.01 sec",
    "tests/test_docs.py::test_links FAILED                 [  5%]",
    "====== 12 passed, 1 failed in 0.01s ======",
    "",
    "  with spaces  ",
    r"back\slash",
])
def test_every_other_line_passes(line):
    assert shown(line + "\n", every="3600") == line + "\n"


def test_progress_is_not_told_more_often_than_asked():
    assert shown("[1/2] a\n[2/2] b\n", every="3600") == ""


def test_a_last_line_without_an_end_passes():
    assert shown("[1/2] a\nterminated", every="3600") == "terminated\n"


def test_on_a_terminal_one_line_moves_and_goes():
    outer, inner = pty.openpty()
    subprocess.run([PROGRESS], input="[1/2] a\nwarning: b\n[2/2] c\n", text=True, stdout=inner, timeout=30, check=True)
    os.close(inner)
    assert os.read(outer, 4096).decode() == "\r\x1b[K    1 of 2, 0:00, a\r\x1b[Kwarning: b\r\n\r\x1b[K    2 of 2, 0:00, c\r\x1b[K"
