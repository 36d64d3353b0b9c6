"""pack.py: Dockerfile and folder in, docker-archive out."""
import hashlib
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import tarfile

import pytest

from support import ROOT

IMAGES = ROOT / "k8s" / "images"
spec = importlib.util.spec_from_file_location("pack", IMAGES / "pack.py")
pack = importlib.util.module_from_spec(spec)
spec.loader.exec_module(pack)

DOCKERFILE = """
FROM debian:bookworm-slim AS build
RUN apt-get update && \\
    apt-get install -y g++
COPY core core
FROM scratch
COPY --from=build /rootfs/ /
# a comment
USER 65532:65532
ENV PORT=8080 \\
    GREETING="good day"
EXPOSE 8080
LABEL title=one
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/one"]
CMD ["receiver"]
"""


@pytest.fixture
def rootfs(tmp_path):
    root = tmp_path / "rootfs"
    (root / "usr/bin").mkdir(parents=True)
    (root / "tmp").mkdir()
    (root / "usr/bin/one").write_bytes(b"program")
    (root / "usr/bin/one").chmod(0o755)
    (root / "usr/bin/two").symlink_to("one")
    return root


def run(*arguments):
    return subprocess.run([sys.executable, IMAGES / "pack.py", *map(str, arguments)], capture_output=True, text=True)


def packed(tmp_path, rootfs, dockerfile=DOCKERFILE, name="docker.io/plimsoll/one:dev"):
    (tmp_path / "Dockerfile").write_text(dockerfile)
    out = tmp_path / "one.tar"
    result = run("--dockerfile", tmp_path / "Dockerfile", "--rootfs", rootfs, "--name", name, "--out", out)
    assert result.returncode == 0, result.stderr
    return out, result.stdout


def opened(out):
    with tarfile.open(out) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}
    manifest = json.loads(files["manifest.json"])[0]
    return manifest, json.loads(files[manifest["Config"]]), files[manifest["Layers"][0]]


def test_the_config_is_the_final_stage_of_the_dockerfile(tmp_path, rootfs):
    manifest, image, _ = opened(packed(tmp_path, rootfs)[0])
    assert manifest["RepoTags"] == ["docker.io/plimsoll/one:dev"]
    config = image["config"]
    assert config["Entrypoint"] == ["/usr/bin/one"]
    assert config["Cmd"] == ["receiver"]
    assert config["User"] == "65532:65532"
    assert config["ExposedPorts"] == {"8080/tcp": {}}
    assert config["Labels"] == {"title": "one"}
    assert config["StopSignal"] == "SIGTERM"
    assert "PORT=8080" in config["Env"] and "GREETING=good day" in config["Env"]
    assert any(entry.startswith("PATH=") and ":/usr/bin:" in entry for entry in config["Env"])


def test_the_layer_holds_the_folder_and_its_digest_is_the_diff_id(tmp_path, rootfs):
    _, image, layer = opened(packed(tmp_path, rootfs)[0])
    assert image["rootfs"]["diff_ids"] == ["sha256:" + hashlib.sha256(layer).hexdigest()]
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        members = {member.name: member for member in tar}
        assert list(members) == ["tmp", "usr", "usr/bin", "usr/bin/one", "usr/bin/two"]
        assert tar.extractfile("usr/bin/one").read() == b"program"
    assert members["usr/bin/one"].mode == 0o755
    assert members["usr/bin/two"].linkname == "one"
    assert members["tmp"].mode == 0o1777
    assert all(member.mtime == 0 and member.uid == 0 for member in members.values())


def test_the_same_input_gives_the_same_bytes_whatever_the_times(tmp_path, rootfs):
    out, _ = packed(tmp_path, rootfs)
    first = out.read_bytes()
    os.utime(rootfs / "usr/bin/one", (1, 1))
    out.unlink()
    assert packed(tmp_path, rootfs)[0].read_bytes() == first


def test_an_unchanged_image_is_left_alone_and_a_changed_one_is_packed_again(tmp_path, rootfs):
    assert packed(tmp_path, rootfs)[1].strip().endswith(" packed")
    assert packed(tmp_path, rootfs)[1].strip().endswith(" unchanged")
    (rootfs / "usr/bin/one").write_bytes(b"another program")
    assert packed(tmp_path, rootfs)[1].strip().endswith(" packed")
    assert packed(tmp_path, rootfs, DOCKERFILE.replace("title=one", "title=two"))[1].strip().endswith(" packed")


def test_a_part_of_the_folder_can_be_copied_elsewhere(tmp_path, rootfs):
    dockerfile = 'FROM scratch\nCOPY --from=build /rootfs/usr/bin/one /bin/\nENTRYPOINT ["/bin/one"]\n'
    _, _, layer = opened(packed(tmp_path, rootfs, dockerfile)[0])
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        assert tar.getnames() == ["bin", "bin/one"]


@pytest.mark.parametrize("line, complaint", [
    ("RUN true", "line 3: RUN is not understood"),
    ("ENTRYPOINT /usr/bin/one", "line 3: ENTRYPOINT needs the exec form"),
    ("USER nobody", "line 3: USER needs a numeric user"),
    ("COPY core /", "line 3: COPY needs the form COPY --from=build"),
    ("COPY --from=build /src /", "line 3: COPY source /src is not under /rootfs"),
    ("COPY --from=build /rootfs/none /", "does not exist: run rootfs.sh first"),
    ("ENV PORT", "line 3: ENV needs KEY=VALUE"),
    ("FROM debian", "the final stage must be FROM scratch"),
])
def test_what_cannot_be_packed_is_one_line_and_exit_2(tmp_path, rootfs, line, complaint):
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY --from=build /rootfs/ /\n" + line + "\n")
    result = run("--dockerfile", tmp_path / "Dockerfile", "--rootfs", rootfs, "--name", "a:b", "--out", tmp_path / "o")
    assert result.returncode == 2
    assert complaint in result.stderr and result.stderr.count("\n") == 1
    assert not (tmp_path / "o").exists()


def test_one_program_is_wrapped_with_its_shared_libraries(tmp_path):
    out = tmp_path / "true.tar"
    (tmp_path / "renamed").symlink_to("/bin/true")
    result = run("--program", tmp_path / "renamed", "--name", "docker.io/plimsoll/renamed:dev", "--out", out,
                 "--entrypoint", "serve")
    assert result.returncode == 0, result.stderr
    _, image, layer = opened(out)
    assert image["config"]["Entrypoint"] == ["/usr/bin/renamed", "serve"]
    assert image["config"]["User"] == "65532:65532"
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        assert tar.getmember("usr/bin/renamed").isreg()
        assert any(name.endswith("/libc.so.6") and tar.getmember(name).isreg() for name in tar.getnames())


@pytest.mark.parametrize("image", ["target", "loadgen", "plimsoll"])
def test_our_dockerfiles_can_be_packed_and_run_as_a_numeric_user_without_a_shell(image):
    config, copies = pack.final_stage((IMAGES / f"{image}.Dockerfile").read_text())
    assert copies == [("", "/")]
    assert config["User"] == "65532:65532"
    assert config["Entrypoint"] == [f"/usr/bin/{image}"]


@pytest.mark.parametrize("image", ["target", "loadgen", "plimsoll"])
def test_our_dockerfiles_copy_every_folder_that_cmake_needs(image):
    root = IMAGES.parents[1]
    needed = re.findall(r"add_subdirectory\((\S+)\)", (root / "CMakeLists.txt").read_text()) + ["cmake"]
    copied = re.findall(r"^COPY (\S+) (\S+)$", (IMAGES / f"{image}.Dockerfile").read_text(), re.MULTILINE)
    for folder in needed:
        assert (folder, folder) in copied
