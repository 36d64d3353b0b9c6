#!/usr/bin/env python3
"""The C++ style that a program can hold: clang-format's, and two rules that version 14 of it cannot. `--fix` does what is missing.

* A body of one line has no braces; in an if-else chain, all bodies have them or none. (clang-format's RemoveBracesLLVM goes further,
  and breaks lines around lambdas otherwise.) An assertion of GoogleTest may have them: its macro ends in an if of its own.
* A test is TEST(WhatItIsAboutTest, SaysWhatHoldsInCamelCase): GoogleTest does not allow underscores.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
TEST = re.compile(r"^((?:TYPED_)?TEST(?:_F|_P)?\(\s*)(\w+)(,\s*)(\w+)\)", re.MULTILINE)
HEAD = re.compile(r" *(?:(?:if|for|while) |if constexpr \(|\} else if |\} else \{)")
ASSERTION = re.compile(r" *(?:EXPECT_|ASSERT_|ADD_FAILURE|FAIL\(|SUCCEED\(|GTEST_SKIP)")
CONTROL = re.compile(r" *(?:if|for|while|switch|do) ")


def files():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.hpp", "*.cpp"], cwd=ROOT, text=True,
                            capture_output=True, check=True)
    return [ROOT / path for path in sorted(set(listed.stdout.split())) if (ROOT / path).exists()]


def clang_format(*options, paths):
    return subprocess.run(["clang-format-14", *options, *map(str, paths)], text=True, capture_output=True)


def indent(line):
    return len(line) - len(line.lstrip())


def body_at(lines, opened):
    """(line of the head, is the body one line) of a block that line `opened` opens, laid out by clang-format; None: no control block."""
    first = opened
    closed = next((n for n in range(opened + 1, len(lines)) if lines[n].lstrip().startswith("}") and
                   indent(lines[n]) < indent(lines[opened + 1])), None)
    if closed is None:
        return None
    while first > 0 and (not lines[first].strip() or indent(lines[first]) > indent(lines[closed])):
        first -= 1
    if indent(lines[first]) != indent(lines[closed]) or not HEAD.match(lines[first]):
        return None
    return first, closed


def braced_bodies(text):
    """[[(line that opens, line that closes), ...]]: the chains of if and else (or single blocks) whose braces could go."""
    lines, chains, following = text.split("\n"), [], {}
    for opened, line in enumerate(lines):
        found = line.endswith(" {") and opened + 1 < len(lines) and body_at(lines, opened)
        if not found:
            continue
        first, closed = found
        chain = following.pop(first, None) if lines[first].lstrip().startswith("}") else []
        if chain is None:
            continue
        chain.append((opened, closed))
        if lines[closed].strip() == "}":
            chains.append(chain)
        else:
            following[closed] = chain
    return [chain for chain in chains if all(can_go(lines, *block, len(chain) > 1) for block in chain)]


def can_go(lines, opened, closed, in_chain):
    body = lines[opened + 1]
    return (closed == opened + 2 and re.search(r";(?:\s*//.*)?$", body) and not body.lstrip().startswith("//")
            and not ASSERTION.match(body) and not (CONTROL.match(body) and (in_chain or lines[closed + 1].lstrip().startswith("else"))))


def without_braces(text):
    lines = text.split("\n")
    for opened, closed in (block for chain in braced_bodies(text) for block in chain):
        lines[opened] = lines[opened].removesuffix(" {")
        lines[closed] = re.sub(r"\} ?", "", lines[closed], count=1) if "else" in lines[closed] else None
    return "\n".join(line for line in lines if line is not None)


def camel(name):
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def suite_of(name):
    return camel(name) if name.endswith("Test") else camel(name) + "Test"


def odd_tests(text):
    """TEST(...) whose names are in another style."""
    return [f"{suite}.{name}" for _, suite, _, name in TEST.findall(text) if suite != suite_of(suite) or name != camel(name)]


def with_test_names(text):
    for suite in {suite for _, suite, _, _ in TEST.findall(text)}:
        if suite != suite_of(suite):
            fixture = re.search(rf"^(?:TEST_F|TEST_P)\(\s*{suite},", text, re.MULTILINE)
            where = rf"\b{suite}\b" if fixture else rf"(?<=TEST\(){suite}(?=,)"
            text = re.sub(where, suite_of(suite), text)
    return TEST.sub(lambda match: match.group(1) + match.group(2) + match.group(3) + camel(match.group(4)) + ")", text)


def fix():
    changed = True
    while changed:   # what clang-format joins may be a body of one line now
        changed = False
        for file in files():
            old = file.read_text()
            if (new := with_test_names(without_braces(old))) != old:
                file.write_text(new)
                changed = True
        clang_format("-i", paths=files())


if __name__ == "__main__":
    if sys.argv[1:] != ["--fix"]:
        sys.exit("usage: tests/style.py --fix")
    fix()
