#!/usr/bin/env python3
"""The architecture as CMakeLists.txt and #include lines tell it: rules, and the table of folders in docs/architecture.md.

A folder whose CMakeLists.txt calls plimsoll_library, plimsoll_program or plimsoll_test (cmake/toolbox.cmake) is one target and
one namespace. A rule is a function of a tree; what it yields says what breaks it, one line each. `--write` renews the table.
"""
import dataclasses
import functools
import graphlib
import pathlib
import re
import sys

PROGRAMS = ("loadgen", "cpuburn", "membloat", "target", "scenarios")
LAYERS = {**{program: {program, "reports", "core"} for program in PROGRAMS}, "reports": {"reports", "core"}, "core": {"core"}}
ENGINE = "scenarios/engine/"
OFFLINE = {ENGINE + room for room in ("model", "log", "parse", "judge")}   # judge a recorded run without a cluster
PACKAGES = (   # header prefix -> what LIBRARIES must name
    ("fmt/", "plimsoll_fmt"), ("nlohmann/", "nlohmann_json::nlohmann_json"), ("CLI/", "CLI11::CLI11"), ("boost/", "Boost::headers"),
    ("yaml-cpp/", "${PLIMSOLL_YAML}"), ("ares.h", "${PLIMSOLL_CARES}"), ("nghttp2/", "${PLIMSOLL_NGHTTP2}"),
    ("openssl/", "${PLIMSOLL_SSL}"), ("openssl/", "${PLIMSOLL_CRYPTO}"), ("prometheus/", "prometheus-cpp::core"),
    ("hiredis/", "${PLIMSOLL_HIREDIS}"), ("zlib.h", "${PLIMSOLL_ZLIB}"), ("gtest/", "GTest::gtest"), ("gmock/", "GTest::gmock"))
COMPILED = {"boost/asio": "core/asio"}   # headers whose code one of our folders compiles
NAMESPACES = {"core/result": "plimsoll", "core/exit_code": "plimsoll"}   # the others are named after their folder
MOST_FILES, MOST_LINES, MOST_LINES_OF_A_FUNCTION = 30, 330, 60
BEGIN, END = "<!-- written by tests/architecture.py --write -->\n", "<!-- end -->\n"


@dataclasses.dataclass
class Call:
    """plimsoll_library(...), plimsoll_program(...) or plimsoll_test(...)"""
    kind: str
    sources: list
    uses: list
    libraries: list


@dataclasses.dataclass
class File:
    path: str
    text: str
    calls: list = dataclasses.field(default_factory=list)   # that compile it, or whose sources include it

    @functools.cached_property
    def includes(self):
        return re.findall(r'^#include ["<]([^">]+)[">]', self.text, re.MULTILINE)

    @functools.cached_property
    def code(self):
        """The text with blanks in place of comments and literals."""
        return re.sub(r'R"(\w*)\((?:.|\n)*?\)\1"|//[^\n]*|/\*(?:.|\n)*?\*/|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\'',
                      lambda match: re.sub(r"[^\n]", " ", match.group()), self.text)

    @property
    def header(self):
        return self.path.endswith(".hpp")

    @property
    def test(self):
        return bool(self.calls) and all(call.kind == "test" for call in self.calls) or "/testing/" in self.path

    def __str__(self):
        return self.path


@dataclasses.dataclass
class Folder:
    path: str
    says: str
    calls: list
    files: list

    def uses(self, *kinds):
        return {use for call in self.calls if call.kind in kinds for use in call.uses}

    def granted(self, file):
        """(folders, packages) that this file may include: tests may include what their library may."""
        calls = file.calls + ([call for call in self.calls if call.kind == "library"] if file.test else [])
        own = {"GTest::gtest", "GTest::gmock"} if any(call.kind == "test" for call in file.calls) else set()
        return {self.path, *(use for call in calls for use in call.uses)}, own.union(*(call.libraries for call in calls))

    @property
    def namespace(self):
        parts = [part for part in self.path.split("/") if part not in ("core", "scenarios")]
        return NAMESPACES.get(self.path, "::".join(["plimsoll", *parts]))


# --- reading ---


def read_calls(text):
    for kind, words in re.findall(r"plimsoll_(library|program|test)\s*\(([^)]*)\)", re.sub(r"#.*", "", text)):
        found = {"": [], "SOURCES": [], "USES": [], "LIBRARIES": []}
        key = ""
        for word in words.split():
            key = word if word in found else key
            if word not in found:
                found[key].append(word)
        yield Call(kind, found["SOURCES"], found["USES"], found["LIBRARIES"])


def assign(folder, includers):
    """Gives each file its calls: sources by name; headers to the library, or to the tests where nothing else includes them."""
    for file in folder.files:
        file.calls = [call for call in folder.calls if pathlib.PurePath(file.path).name in call.sources]
    others = [call for call in folder.calls if call.kind != "test"][:1] or folder.calls
    headers = [file for file in folder.files if file.header]
    for file in headers:
        file.calls = others
    for _ in headers:   # a header of tests may include another one
        for file in headers:
            users = includers.get(file.path, [])
            if users and all(user.test for user in users) and "/testing/" not in file.path:
                file.calls = [call for call in folder.calls if call.kind == "test"] or others


def read_tree(root):
    """{path: Folder} of all folders with a target of ours, in the order of add_subdirectory; a folder of "" holds stray files."""
    folders, stray = {}, Folder("", "", [], [])

    def visit(path):
        lists = root / path / "CMakeLists.txt"
        text = lists.read_text() if lists.exists() else ""
        if calls := list(read_calls(text)):
            says = re.match(rf"# {re.escape(path)}: (.+)\n", text)
            folders[path] = Folder(path, says.group(1) if says else "", calls, [])
        for name in re.findall(r"^add_subdirectory\((\S+)\)", text, re.MULTILINE):
            visit(f"{path}/{name}".lstrip("/"))

    visit("")
    for file in sorted(file for top in LAYERS for file in (root / top).rglob("*.[hc]pp") if "testdata" not in file.parts):
        path = file.relative_to(root)
        folders.get(str(path.parent), stray).files.append(File(str(path), file.read_text()))
    includers = {}
    for file in (file for folder in folders.values() for file in folder.files):
        for include in file.includes:
            includers.setdefault(include, []).append(file)
    for _ in range(2):   # whether a header is the tests' alone can hang on a header of another folder
        for folder in folders.values():
            assign(folder, includers)
    if stray.files:
        folders[""] = stray
    return folders


# --- rules ---


def home(include):
    return include.rpartition("/")[0]


def files(tree):
    return ((folder, file) for folder in tree.values() for file in folder.files)


def every_file_belongs_to_a_target(tree):
    for folder, file in files(tree):
        if not folder.path:
            yield f"{file}: its folder is no target (plimsoll_library), or no add_subdirectory leads there"
        elif not file.calls and not file.header:
            yield f"{file} is not compiled: no SOURCES of {folder.path}/CMakeLists.txt names it"


def every_folder_says_what_it_is(tree):
    for folder in tree.values():
        if folder.path and not folder.says:
            yield f"{folder.path}/CMakeLists.txt does not begin with '# {folder.path}: what it is.'"


def includes_name_files_from_the_root(tree):
    known = {file.path for _, file in files(tree)}
    for _, file in files(tree):
        for include in re.findall(r'^#include "([^"]+)"', file.text, re.MULTILINE):
            if include not in known:
                yield f"{file} includes {include}, which is not there"


def includes_are_declared(tree):
    for folder, file in files(tree):
        uses, packages = folder.granted(file)
        for include in file.includes:
            needed = {path for prefix, path in COMPILED.items() if include.startswith(prefix)}
            if home(include) in tree:
                needed.add(home(include))
            for path in sorted(needed - uses):
                yield f"{file} includes {include}, and its USES do not name {path}"
            for prefix, package in PACKAGES:
                if include.startswith(prefix) and package not in packages:
                    yield f"{file} includes {include}, and its LIBRARIES do not name {package}"


def declarations_are_used(tree):
    for folder in tree.values():
        for call in folder.calls:
            included = [include for file in folder.files if call in file.calls for include in file.includes]
            for use in call.uses:
                prefixes = [use + "/", *(prefix for prefix, path in COMPILED.items() if path == use)]
                if use not in tree:
                    yield f"{folder.path} (plimsoll_{call.kind}) USES {use}, which is no folder with a target"
                elif use != folder.path and not any(include.startswith(tuple(prefixes)) and (home(include) == use or use in COMPILED.values())
                                                    for include in included):
                    yield f"{folder.path} (plimsoll_{call.kind}) USES {use}, and includes nothing of it"
            for library in call.libraries:
                prefixes = tuple(prefix for prefix, package in PACKAGES if package == library)
                if not prefixes:
                    yield f"{folder.path} (plimsoll_{call.kind}) names the library {library}, which PACKAGES does not know"
                elif not any(include.startswith(prefixes) for include in included):
                    yield f"{folder.path} (plimsoll_{call.kind}) names the library {library}, and includes nothing of it"


def uses_have_no_cycle(tree):
    graph = {path: folder.uses("library") & tree.keys() for path, folder in tree.items()}
    while True:
        try:
            return graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            found = error.args[1][::-1]   # each uses the next
            yield "cycle: " + " -> ".join(found)
            graph[found[0]] = graph[found[0]] - {found[1]}   # there may be another one


def uses_go_down(tree):
    for folder in tree.values():
        for use in sorted(folder.uses("library", "program", "test")):
            if use.split("/")[0] not in LAYERS[folder.path.split("/")[0]]:
                yield f"{folder.path} uses {use}: arrows go down, from programs to reports to core"
            if folder.path in OFFLINE and use.startswith(ENGINE) and use not in OFFLINE:
                yield f"{folder.path} uses {use}: it must do without a cluster"
        for use in sorted(folder.uses("library", "program")):
            if "testing" in use.split("/") and "testing" not in folder.path.split("/"):
                yield f"{folder.path} uses {use}, which is there for tests"


def folders_are_small(tree):
    for folder in tree.values():
        count = sum(not file.test for file in folder.files)
        if count > MOST_FILES and "testing" not in folder.path.split("/"):
            yield f"{folder.path} has {count} files, tests aside; {MOST_FILES} are enough for one idea"


def namespaces_in(code):
    """(name, body) of the namespaces that are not inside another one."""
    at = 0
    while found := re.compile(r"\bnamespace\s+([\w:]+)\s*\{").search(code, at):
        depth, at = 1, found.end()
        while depth and at < len(code):
            depth += {"{": 1, "}": -1}.get(code[at], 0)
            at += 1
        yield found.group(1), code[found.end():at - 1]


def a_folder_is_a_namespace(tree):
    forward = r"\s*(?:(?:template\s*<[^<>]*>\s*)?(?:class|struct|enum(?: class)?)\s+\w+(?:\s*:\s*[\w:]+)?\s*;\s*)*"
    for folder, file in files(tree):
        if not folder.path or not file.header:
            continue
        found = list(namespaces_in(file.code))
        for name, body in found:
            foreign = name.split("::")[0] != "plimsoll" or re.fullmatch(forward, body)
            if not foreign and not (name + "::").startswith(folder.namespace + "::"):
                yield f"{file} declares namespace {name}; its folder is {folder.namespace}"
        if not any((name + "::").startswith(folder.namespace + "::") for name, _ in found):
            yield f"{file} declares nothing in {folder.namespace}"


def files_are_short(tree):
    for _, file in files(tree):
        if not file.test and (count := file.text.count("\n")) > MOST_LINES:
            yield f"{file} has {count} lines; more than {MOST_LINES} mean that an idea wants its own name"


def functions_in(code):
    """(first line, lines, name) of functions at namespace level, as clang-format lays them out: nothing else ends with a bare }."""
    lines = code.split("\n")
    start = 0
    for number, line in enumerate(lines):
        if line == "}":
            name = re.search(r"([\w:~]+)\(", " ".join(lines[start:number]))
            yield start + 1, number - start + 1, name.group(1) if name else "?"
        elif line and not line[0].isspace() and line[0] not in "#)":
            start = number


def functions_are_short(tree):
    for _, file in files(tree):
        for first, count, name in functions_in(file.code):
            if count > MOST_LINES_OF_A_FUNCTION and not file.test:
                yield f"{file}:{first}: {name} has {count} lines"


RULES = (every_file_belongs_to_a_target, every_folder_says_what_it_is, includes_name_files_from_the_root, includes_are_declared,
         declarations_are_used, uses_have_no_cycle, uses_go_down, folders_are_small, a_folder_is_a_namespace, files_are_short,
         functions_are_short)


# --- the table ---


def from_the_top(tree):
    """Folders so that each uses only later ones (where there is no cycle): programs, reports, core."""
    order = []

    def visit(path):
        if path in tree and path not in order:
            order.append(path)   # its place is taken now, so that a cycle ends
            for use in sorted(tree[path].uses("library", "program")):
                visit(use)
            order.remove(path)
            order.append(path)

    for path in tree:
        visit(path)
    tops = list(dict.fromkeys(path.split("/")[0] for path in tree))
    return sorted(reversed(order), key=lambda path: -tops.index(path.split("/")[0]))


def table(tree):
    rows = ["| folder | is the home of | uses |", "|---|---|---|"]
    for path in from_the_top(tree):
        beside = path.rpartition("/")[0] + "/"
        uses = sorted(tree[path].uses("library", "program") - {path})
        shown = [use.removeprefix(beside) for use in uses if use.startswith(beside)] + [use for use in uses if not use.startswith(beside)]
        rows.append(f"| `{path}` | {tree[path].says.rstrip('.')} | {', '.join(shown) or '-'} |")
    return "\n".join(rows) + "\n"


def with_table(page, text):
    """The page, with this text between its marks."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + text + END + rest.partition(END)[2]


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve().parents[1]
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: tests/architecture.py --write")
    (here / "docs" / "architecture.md").write_text(
        with_table((here / "docs" / "architecture.md").read_text(), table(read_tree(here))))
