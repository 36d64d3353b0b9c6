"""Arrows go down only: programs -> reports -> core. The list is docs/architecture.md's."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = {"loadgen", "cpuburn", "membloat", "target", "scenarios"}
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def layer(path):
    top = path.split("/")[0]
    return top if top in PROGRAMS | {"reports", "core"} else None


def arrows():
    for file in ROOT.glob("*/**/*.[hc]pp"):
        source = layer(str(file.relative_to(ROOT)))
        if source is None:
            continue
        for included in INCLUDE.findall(file.read_text()):
            yield file.relative_to(ROOT), source, included, layer(included)


def test_there_is_something_to_check():
    assert sum(1 for _ in arrows()) > 50


def test_includes_name_their_folder_from_the_root():
    relative = [f"{file} includes {included}" for file, _, included, to in arrows() if to is None]
    assert not relative, "\n".join(relative)


def test_arrows_go_down_only():
    allowed = {program: {program, "reports", "core"} for program in PROGRAMS} | {"reports": {"reports", "core"}, "core": {"core"}}
    wrong = [f"{file} includes {included}" for file, source, included, to in arrows() if to and to not in allowed[source]]
    assert not wrong, "\n".join(wrong)


def test_files_stay_small():
    """More than 300 lines (some slack for a table or a comment) means that an idea wants its own name."""
    long = [f"{file.relative_to(ROOT)}: {count} lines" for file in ROOT.glob("*/**/*.[hc]pp")
            if layer(str(file.relative_to(ROOT))) and not file.stem.endswith("_test")
            and (count := len(file.read_text().splitlines())) > 330]
    assert not long, "\n".join(long)
