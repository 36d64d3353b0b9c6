"""The rules of architecture.py hold here, and each of them can fail."""
import pytest

import architecture
from architecture import BEGIN, END, RULES, read_tree, table, with_table
from support import ROOT


@pytest.fixture(scope="module")
def here():
    return read_tree(ROOT)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_it_holds_here(here, rule):
    problems = list(rule(here))
    assert not problems, "\n".join(problems)


def test_there_is_something_to_check(here):
    assert len(here) > 20 and sum(len(folder.files) for folder in here.values()) > 300


def test_the_page_shows_the_table(here):
    page = (ROOT / "docs" / "architecture.md").read_text()
    assert page == with_table(page, table(here)), "renew it: tests/architecture.py --write"


# --- the checker itself, on small trees ---


def header(namespace, text=""):
    return f"#pragma once\n{text}\nnamespace {namespace} {{\nint x();\n}}  // namespace {namespace}\n"


def library(path, words="SOURCES a.cpp", more=""):
    return f"# {path}: an idea.\nplimsoll_library({words})\n{more}\n"


SOUND = {
    "CMakeLists.txt": "add_subdirectory(core)\nadd_subdirectory(loadgen)\nadd_subdirectory(target)\nadd_subdirectory(scenarios/engine)\n",
    "core/CMakeLists.txt": "# core: shared.\nadd_subdirectory(units)\n",
    "core/units/CMakeLists.txt": library("core/units"),
    "core/units/a.hpp": header("plimsoll::units"),
    "core/units/a.cpp": '#include "core/units/a.hpp"\n',
    "loadgen/CMakeLists.txt": "# loadgen: load.\nadd_subdirectory(net)\nadd_subdirectory(http)\nadd_subdirectory(testing)\n",
    "loadgen/net/CMakeLists.txt": library("loadgen/net", "SOURCES a.cpp USES core/units LIBRARIES plimsoll_fmt"),
    "loadgen/net/a.hpp": header("plimsoll::loadgen::net", '#include "core/units/a.hpp"'),
    "loadgen/net/a.cpp": '#include <fmt/format.h>\n#include "loadgen/net/a.hpp"\n',
    "loadgen/http/CMakeLists.txt": library("loadgen/http", "SOURCES a.cpp USES loadgen/net",
                                           "plimsoll_test(SOURCES a_test.cpp USES loadgen/testing)"),
    "loadgen/http/a.hpp": header("plimsoll::loadgen::http", '#include "loadgen/net/a.hpp"\nnamespace plimsoll::units { class Rate; }'),
    "loadgen/http/a.cpp": '#include "loadgen/http/a.hpp"\n',
    "loadgen/http/fixture.hpp": header("plimsoll::loadgen::http", "#include <gtest/gtest.h>"),   # of the test alone
    "loadgen/http/a_test.cpp": '#include "loadgen/http/fixture.hpp"\n#include "loadgen/net/a.hpp"\n#include "loadgen/testing/a.hpp"\n',
    "loadgen/testing/CMakeLists.txt": "# loadgen/testing: servers.\nif(BUILD_TESTING)\n  plimsoll_library(SOURCES a.cpp)\nendif()\n",
    "loadgen/testing/a.hpp": header("plimsoll::loadgen::testing"),
    "loadgen/testing/a.cpp": '#include "loadgen/testing/a.hpp"\n',
    "target/CMakeLists.txt": library("target", "SOURCES a.cpp", "plimsoll_program(target STATIC SOURCES main.cpp USES target core/units)"),
    "target/a.hpp": header("plimsoll::target"),
    "target/a.cpp": '#include "target/a.hpp"\n',
    "target/main.cpp": '#include "core/units/a.hpp"\n#include "target/a.hpp"\nint main() {}\n',
    "scenarios/engine/CMakeLists.txt": "# scenarios/engine: runner.\nadd_subdirectory(kube)\nadd_subdirectory(judge)\n",
    "scenarios/engine/kube/CMakeLists.txt": library("scenarios/engine/kube"),
    "scenarios/engine/kube/a.hpp": header("plimsoll::engine::kube"),
    "scenarios/engine/kube/a.cpp": '#include "scenarios/engine/kube/a.hpp"\n',
    "scenarios/engine/judge/CMakeLists.txt": library("scenarios/engine/judge"),
    "scenarios/engine/judge/a.hpp": header("plimsoll::engine::judge"),
    "scenarios/engine/judge/a.cpp": '#include "scenarios/engine/judge/a.hpp"\n',
}


def tree_of(folder, changes=()):
    for path, text in {**SOUND, **dict(changes)}.items():
        if text is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
    return read_tree(folder)


def problems(tree):
    return [problem for rule in RULES for problem in rule(tree)]


def test_a_sound_tree_has_no_problem(tmp_path):
    assert problems(tree_of(tmp_path)) == []


FUNCTION = "int f(\n    int a) {\n" + "  a++;\n" * 70 + "}\n"


@pytest.mark.parametrize("changes, said", [
    ({"core/units/b.cpp": ""}, "core/units/b.cpp is not compiled"),
    ({"core/lost/b.hpp": ""}, "core/lost/b.hpp: its folder is no target"),
    ({"core/units/CMakeLists.txt": "plimsoll_library(SOURCES a.cpp)\n"}, "does not begin with '# core/units: what it is.'"),
    ({"target/a.cpp": '#include "a.hpp"\n'}, "target/a.cpp includes a.hpp, which is not there"),
    ({"target/a.cpp": '#include "core/units/a.hpp"\n'}, "target/a.cpp includes core/units/a.hpp, and its USES do not name core/units"),
    ({"loadgen/http/a.cpp": '#include "core/units/a.hpp"\n'}, "its USES do not name core/units"),   # though loadgen/net uses it
    ({"loadgen/http/a.cpp": '#include "loadgen/testing/a.hpp"\n'}, "its USES do not name loadgen/testing"),   # though its test does
    ({"loadgen/http/fixture.hpp": header("plimsoll::loadgen::http", '#include "core/units/a.hpp"')}, "its USES do not name core/units"),
    ({"target/main.cpp": '#include "core/units/a.hpp"\n#include "loadgen/net/a.hpp"\n'}, "its USES do not name loadgen/net"),
    ({"target/a.cpp": "#include <fmt/format.h>\n"}, "target/a.cpp includes fmt/format.h, and its LIBRARIES do not name plimsoll_fmt"),
    ({"target/a.cpp": "#include <gtest/gtest.h>\n"}, "do not name GTest::gtest"),
    ({"target/CMakeLists.txt": library("target", "SOURCES a.cpp main.cpp LIBRARIES Boost::headers"),
      "target/a.cpp": "#include <boost/asio/post.hpp>\n"}, "its USES do not name core/asio"),
    ({"loadgen/net/a.hpp": header("plimsoll::loadgen::net")}, "loadgen/net (plimsoll_library) USES core/units, and includes nothing of it"),
    ({"target/main.cpp": '#include "target/a.hpp"\n'}, "target (plimsoll_program) USES core/units, and includes nothing of it"),
    ({"loadgen/http/a_test.cpp": ""}, "loadgen/http (plimsoll_test) USES loadgen/testing, and includes nothing of it"),
    ({"core/units/CMakeLists.txt": library("core/units", "SOURCES a.cpp USES core/nowhere")}, "USES core/nowhere, which is no folder"),
    ({"loadgen/net/a.cpp": ""}, "loadgen/net (plimsoll_library) names the library plimsoll_fmt, and includes nothing of it"),
    ({"core/units/CMakeLists.txt": library("core/units", "SOURCES a.cpp LIBRARIES xml")}, "the library xml, which PACKAGES does not know"),
    ({"loadgen/net/CMakeLists.txt": library("loadgen/net", "SOURCES a.cpp USES core/units loadgen/http LIBRARIES plimsoll_fmt"),
      "loadgen/net/a.cpp": '#include <fmt/format.h>\n#include "loadgen/http/a.hpp"\n'}, "cycle: loadgen/"),
    ({"core/units/CMakeLists.txt": library("core/units", "SOURCES a.cpp USES target"),
      "core/units/a.cpp": '#include "target/a.hpp"\n'}, "core/units uses target: arrows go down"),
    ({"target/CMakeLists.txt": library("target", "SOURCES a.cpp main.cpp USES core/units loadgen/net"),
      "target/a.cpp": '#include "loadgen/net/a.hpp"\n'}, "target uses loadgen/net: arrows go down"),
    ({"scenarios/engine/judge/CMakeLists.txt": library("scenarios/engine/judge", "SOURCES a.cpp USES scenarios/engine/kube"),
      "scenarios/engine/judge/a.cpp": '#include "scenarios/engine/kube/a.hpp"\n'}, "it must do without a cluster"),
    ({"loadgen/net/CMakeLists.txt": library("loadgen/net", "SOURCES a.cpp USES core/units loadgen/testing LIBRARIES plimsoll_fmt"),
      "loadgen/net/a.cpp": '#include <fmt/format.h>\n#include "loadgen/testing/a.hpp"\n'}, "loadgen/net uses loadgen/testing, which is there for tests"),
    ({f"core/units/h{i}.hpp": header("plimsoll::units") for i in range(30)}, "core/units has 32 files, tests aside"),
    ({"core/units/a.hpp": header("plimsoll::unit")}, "core/units/a.hpp declares namespace plimsoll::unit; its folder is plimsoll::units"),
    ({"core/units/a.hpp": "// namespace plimsoll::units {\nint x();\n"}, "core/units/a.hpp declares nothing in plimsoll::units"),
    ({"core/units/a.hpp": header("plimsoll::units", "namespace plimsoll { int y(); }")}, "declares namespace plimsoll; its folder is"),
    ({"core/units/a.cpp": "\n" * 331}, "core/units/a.cpp has 331 lines"),
    ({"core/units/a.cpp": "\n" + FUNCTION}, "core/units/a.cpp:2: f has 73 lines"),
])
def test_it_finds(tmp_path, changes, said):
    found = problems(tree_of(tmp_path, changes.items()))
    assert any(said in problem for problem in found), found


def test_every_cycle_is_told(tmp_path):
    graph = {"a": "b", "b": "a", "c": "d", "d": "c"}
    tree = tree_of(tmp_path, {
        "core/CMakeLists.txt": "".join(f"add_subdirectory({name})\n" for name in graph),
        **{f"core/{name}/CMakeLists.txt": library(f"core/{name}", f"USES core/{other}") for name, other in graph.items()}}.items())
    assert len(list(architecture.uses_have_no_cycle(tree))) == 2


@pytest.mark.parametrize("text", [
    "namespace {\n" + "int x = 1;\n" * 80 + "}  // namespace\n",
    "class Long {\n" + "  int x();\n" * 80 + "};\n",
    'constexpr auto kText = R"(\n' + "int f() {\n" * 80 + '}\n)";\n',
    "int f() {\n}\n\n" * 40,
])
def test_what_is_no_long_function(tmp_path, text):
    assert list(architecture.functions_are_short(tree_of(tmp_path, [("core/units/a.cpp", text)]))) == []


def test_the_table_has_users_above_what_they_use_and_is_put_between_its_marks(tmp_path):
    text = table(tree_of(tmp_path))
    assert "| `loadgen/http` | an idea | net |" in text and "| `loadgen/net` | an idea | core/units |" in text
    assert text.index("`scenarios/engine/judge`") < text.index("`loadgen/http`") < text.index("`loadgen/net`") < text.index("`core/units`")
    page = with_table(f"# Title\n{BEGIN}old\n{END}rest\n", text)
    assert page == f"# Title\n{BEGIN}{text}{END}rest\n" and with_table(page, text) == page
