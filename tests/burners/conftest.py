"""Fixtures of the burners' live tests: containers in the test's cgroup, and folders that others reach too."""
import pathlib
import shutil
import tempfile

import pytest

from support.cgroups import MEMBLOAT, Container


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
