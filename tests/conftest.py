"""What the tests of built programs share: where the programs are, and how a run is called and read."""
import os
import subprocess
import xml.etree.ElementTree as ET

import pytest

from support import BIN
from support.cgroups import Group
from support.formats import read_result
from support.servers import answering_server


@pytest.fixture(scope="session")
def bin_folder():
    return BIN


@pytest.fixture(scope="session")
def url():
    """Of a server that answers every GET with 200."""
    with answering_server() as address:
        yield address


@pytest.fixture
def group(request):
    """A cgroup of the test's own."""
    made = Group(str(abs(hash(request.node.name)) % 100000))
    yield made
    made.remove()


class Run:
    """One finished `plimsoll run`: exit code, output, and what its folder holds."""

    def __init__(self, finished, out):
        self.code, self.stdout, self.stderr, self.out = finished.returncode, finished.stdout, finished.stderr, out

    @property
    def text(self):
        return f"exit {self.code}\n{self.stdout}\n{self.stderr}"

    def claims(self):
        """Claim id -> passed, failed, inconclusive or skipped, out of junit.xml."""
        verdicts = {}
        for case in ET.parse(self.out / "junit.xml").iter("testcase"):
            kinds = {child.tag for child in case}
            verdicts[case.get("name")] = (
                "failed" if "failure" in kinds else "inconclusive" if "error" in kinds
                else "skipped" if "skipped" in kinds else "passed")
        return verdicts

    def result(self):
        return read_result((self.out / "result.json").read_text())


@pytest.fixture
def plimsoll(bin_folder, tmp_path):
    """plimsoll(*args, timeout=..., **env) -> Run, for `plimsoll run` with its own --out folder."""
    def call(*args, timeout=900, **env):
        out = tmp_path / "out"
        finished = subprocess.run([bin_folder / "plimsoll", "run", *map(str, args), "--out", out], text=True,
                                  capture_output=True, timeout=timeout, env={**os.environ, **env})
        return Run(finished, out)
    return call
