"""Fixtures of the burners' live tests: a cgroup of the test's own, and containers in it."""
import pathlib
import sys

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
def containers(group):
    """Makes containers in the group; they end before the group is removed."""
    yield lambda *first: Container(group, list(first))
