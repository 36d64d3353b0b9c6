"""Fixtures of the burners' live tests: a cgroup of the test's own, and containers in it."""
import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cgroups import CPUBURN, MEMBLOAT, Container, Group  # noqa: E402


@pytest.fixture(autouse=True)
def programs_are_built():
    for program in (CPUBURN, MEMBLOAT):
        if not program.exists():
            pytest.skip(f"{program} is not built (./dev build, or set PLIMSOLL_BIN)")


@pytest.fixture
def group(request):
    made = Group(str(abs(hash(request.node.name)) % 100000))
    yield made
    made.remove()


@pytest.fixture
def nobodys_folder():
    """A folder that any user can reach and write to, where the checkout and pytest's own may be root's alone."""
    with tempfile.TemporaryDirectory(prefix="plimsoll-test-") as folder:
        pathlib.Path(folder).chmod(0o777)
        yield pathlib.Path(folder)


@pytest.fixture
def nobodys_membloat(nobodys_folder):
    return shutil.copy(MEMBLOAT, nobodys_folder)


@pytest.fixture
def containers(group):
    """Makes containers in the group; they end before the group is removed."""
    yield lambda *first: Container(group, list(first))
