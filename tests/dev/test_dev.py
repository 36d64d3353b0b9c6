"""./dev and the scripts below it, with fake programs on PATH: what they say, in what order, and what they leave alone."""
import pathlib
import re
import subprocess

import pytest

from support import ROOT

NEEDED = max(re.search(r"^go (\S+)", file.read_text(), re.M)[1] for file in ROOT.glob("k8s/cluster/go/*/go.mod"))


@pytest.fixture
def machine(tmp_path):
    """A machine whose programs are fakes; machine(COMMAND...) runs one there. Fakes write their names to machine.called."""
    class Machine:
        folder = tmp_path / "bin"
        cache = tmp_path / "cache"
        called = tmp_path / "called"

        def fake(self, name, body="true"):
            file = self.folder / name
            file.write_text(f'#!/bin/sh\necho "{name} $*" >>{self.called}\n{body}\n')
            file.chmod(0o755)

        def go(self, version, toolchain="local"):
            self.fake("go", f'case "$2" in GOVERSION) echo {version} ;; GOTOOLCHAIN) echo {toolchain} ;; *) exit 9 ;; esac')

        def calls(self, name):
            lines = self.called.read_text().splitlines() if self.called.exists() else []
            return [line for line in lines if line.split()[0] == name]

        def __call__(self, *command):
            env = {"PATH": f"{self.folder}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(tmp_path), "PLIMSOLL_CACHE": str(self.cache), "PROGRESS_EVERY": "0"}
            return subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True, timeout=60)

    made = Machine()
    made.folder.mkdir()
    made.fake("id", "echo 0")
    made.fake("dpkg-query", "echo install ok installed")
    for name in ("apt-get", "cmake"):
        made.fake(name)
    return made


def test_a_go_that_is_too_old_is_said_before_anything_is_done(machine):
    machine.go("go1.19.8")
    demo = machine("./dev", "demo")
    assert demo.returncode == 4
    assert demo.stderr.startswith("dev: the demo: ")
    for word in ("1.19.8", f"Go {NEEDED} or newer", "./dev demo --local", "--context NAME"):
        assert word in demo.stderr
    assert not machine.calls("apt-get") and not machine.calls("cmake") and not machine.cache.exists()


@pytest.mark.parametrize("version, toolchain, code", [
    ("go1.19.8", "", 4),
    ("go1.22.1", "local", 4),
    ("go1.22.1", "auto", 0),       # it fetches the version that the modules need
    ("go1.22.1", "go1.22.1+auto", 0),
    (f"go{NEEDED}", "local", 0),
    ("go1.99rc1", "local", 0),
    ("go1.99-devel_abc", "local", 0),
])
def test_which_go_can_build_the_cluster(machine, version, toolchain, code):
    machine.go(version, toolchain)
    checked = machine("k8s/cluster/programs.sh", "--check")
    assert checked.returncode == code
    assert bool(checked.stdout) == (code == 4)


def test_no_go_at_all(machine):
    if pathlib.Path("/usr/bin/go").exists():
        pytest.skip("this machine's Go is where its other programs are")
    checked = machine("k8s/cluster/programs.sh", "--check")
    assert (checked.returncode, checked.stdout) == (4, f"there is no go in PATH; Go {NEEDED} or newer is needed\n")


def test_status_builds_nothing(machine):
    machine.go("go1.99")
    status = machine("./dev", "cluster", "status")
    assert (status.returncode, status.stdout) == (4, "not running (./dev cluster up starts it)\n")
    assert not machine.calls("go") and not machine.cache.exists()


def test_a_build_shows_where_it_is(machine):
    machine.fake("cmake", 'case "$*" in *--build*) echo "[1/2] Building x.o"; echo "[2/2] Linking x" ;; esac')
    built = machine("./dev", "build")
    assert (built.returncode, built.stdout) == (0, "")
    lines = [re.sub(r"\d+:\d\d|\d+ s", "T", line) for line in built.stderr.splitlines()]
    assert lines == ["==> Debian packages", "    done in T", "==> build", "    1 of 2, T, Building x.o", "    2 of 2, T, Linking x", "    done in T"]


def test_a_build_that_fails_shows_all_that_the_compiler_said(machine):
    machine.fake("cmake", 'case "$*" in *--build*) echo "[1/2] Building x.o"; echo "x.cpp:1: error: no"; exit 3 ;; esac')
    built = machine("./dev", "build")
    assert built.returncode == 3
    assert built.stderr.splitlines()[-1] == "x.cpp:1: error: no"


def test_packages_that_are_missing_are_named_where_they_cannot_be_installed(machine):
    machine.fake("id", "echo 1000")
    machine.fake("dpkg-query", "exit 1")
    built = machine("./dev", "build")
    assert built.returncode == 4
    assert "sudo apt-get install g++ cmake" in built.stderr
    assert not machine.calls("apt-get")


def test_packages_are_counted_while_they_are_installed(machine):
    machine.fake("dpkg-query", '[ "$4" != cmake ] || exit 1; echo install ok installed')
    machine.fake("apt-get", 'case "$*" in *simulate) echo "Inst cmake (1)" ;; *install*) echo "Unpacking cmake (1) ..."; echo "Setting up cmake (1) ..." ;; esac')
    lines = machine("./dev", "build").stderr.splitlines()
    assert lines[1].startswith("    1 of 2, ") and lines[1].endswith("Unpacking cmake")
    assert lines[2].startswith("    2 of 2, ") and lines[2].endswith("Setting up cmake")
