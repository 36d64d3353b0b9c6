#!/usr/bin/env python3
"""Packs a container image without a builder: a docker-archive tar for `ctr images import`.

  pack.py --dockerfile target.Dockerfile --rootfs FOLDER --name docker.io/plimsoll/target:dev --out FILE
  pack.py --program FILE --name docker.io/plimsoll/coredns:dev --out FILE [--entrypoint ARG ...]

The first form reads the final stage of a Dockerfile (FROM scratch, COPY --from=build /rootfs/ /,
ENTRYPOINT, CMD, USER, EXPOSE, ENV, LABEL, WORKDIR, STOPSIGNAL), so that the Dockerfile stays the only
place where the image is described; FOLDER stands for the build stage's /rootfs. The second form
wraps one program as /usr/bin/NAME, with its shared libraries if it has any. The same input gives the same bytes: entries are sorted,
times are 0, owners are root. An output whose inputs have not changed is left as it is.

Exit codes: 0 packed or unchanged, 2 bad usage or a Dockerfile that cannot be packed.
Formats: https://github.com/moby/docker-image-spec/blob/main/spec.md (image config, docker save).
"""
import argparse
import hashlib
import io
import json
import os
import shlex
import stat
import subprocess
import sys
import tarfile

USER = "65532:65532"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class PackError(Exception):
    """What cannot be packed, where, and what to do."""


def logical_lines(text):
    """(line number, instruction) with comments dropped and continuation lines joined."""
    pending, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if not pending:
            start = number
        if stripped.endswith("\\"):
            pending += stripped[:-1] + " "
            continue
        yield start, pending + stripped
        pending = ""
    if pending:
        yield start, pending


def command(rest):
    """Exec form (a JSON array) only: an image without a shell cannot run the shell form."""
    try:
        words = json.loads(rest)
    except ValueError:
        words = None
    if not isinstance(words, list) or not words or not all(isinstance(w, str) for w in words):
        raise PackError("needs the exec form, a JSON array of strings")
    return words


def pairs(rest):
    words = shlex.split(rest)
    if not words or any("=" not in word for word in words):
        raise PackError("needs KEY=VALUE")
    return [tuple(word.split("=", 1)) for word in words]


def copied(rest):
    """COPY --from=build SOURCE DESTINATION, where SOURCE is /rootfs/ or a folder or file under it."""
    words = shlex.split(rest)
    options = [word for word in words if word.startswith("--")]
    paths = [word for word in words if not word.startswith("--")]
    if options != ["--from=build"] or len(paths) != 2:
        raise PackError("needs the form COPY --from=build SOURCE DESTINATION")
    source, destination = paths
    if source.rstrip("/") != "/rootfs" and not source.startswith("/rootfs/"):
        raise PackError(f"source {source} is not under /rootfs")
    return source[len("/rootfs"):].strip("/"), destination


def final_stage(text):
    """The image config and the copies of the last stage, as (config, [(source, destination)])."""
    config, copies, base = {}, [], None
    for number, line in logical_lines(text):
        keyword, _, rest = line.partition(" ")
        keyword, rest = keyword.upper(), rest.strip()
        try:
            if keyword == "FROM":
                base, config, copies = rest.split()[0], {"Env": [PATH]}, []
            elif base != "scratch":
                continue
            elif keyword == "COPY":
                copies.append(copied(rest))
            elif keyword in ("ENTRYPOINT", "CMD"):
                config["Entrypoint" if keyword == "ENTRYPOINT" else "Cmd"] = command(rest)
            elif keyword == "USER":
                if not all(part.isdigit() for part in rest.split(":")):
                    raise PackError("needs a numeric user, or runAsNonRoot cannot be checked")
                config["User"] = rest
            elif keyword == "ENV":
                for key, value in pairs(rest):
                    config["Env"] = [e for e in config["Env"] if not e.startswith(key + "=")]
                    config["Env"].append(f"{key}={value}")
            elif keyword == "LABEL":
                config.setdefault("Labels", {}).update(pairs(rest))
            elif keyword == "EXPOSE":
                for port in rest.split():
                    port = port if "/" in port else port + "/tcp"
                    config.setdefault("ExposedPorts", {})[port] = {}
            elif keyword in ("WORKDIR", "STOPSIGNAL"):
                config["WorkingDir" if keyword == "WORKDIR" else "StopSignal"] = rest
            else:
                raise PackError("is not understood in the final stage")
        except PackError as error:
            raise PackError(f"line {number}: {keyword} {error}") from None
    if base != "scratch":
        raise PackError("the final stage must be FROM scratch")
    if not copies:
        raise PackError("the final stage copies nothing from the build stage")
    return config, copies


def tree(root):
    """{path in the image: path on disk} of a folder, folders included, without the root itself."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, root)] = path
    return found


def entries_of_rootfs(rootfs, copies):
    entries = {}
    for source, destination in copies:
        path = os.path.join(rootfs, source)
        if not os.path.lexists(path):
            raise PackError(f"{path} does not exist: run rootfs.sh first")
        target = destination.strip("/")
        if os.path.isdir(path):
            for name, file in tree(path).items():
                entries[os.path.join(target, name)] = file
        else:
            if destination.endswith("/"):
                target = os.path.join(target, os.path.basename(path))
            entries[target] = path
    return entries


def with_parents(entries):
    """Adds the folders that lead to each entry; None stands for a folder of mode 0755."""
    for name in list(entries):
        while os.path.dirname(name):
            name = os.path.dirname(name)
            entries.setdefault(name, None)
    return entries


def add_entry(tar, name, path, mode=None):
    info = tarfile.TarInfo(name)  # mtime 0, uid and gid 0, no names: the same bytes every time
    status = os.lstat(path) if path else None
    if status is None or stat.S_ISDIR(status.st_mode):
        info.type = tarfile.DIRTYPE
        info.mode = mode or (stat.S_IMODE(status.st_mode) if status else 0o755)
        tar.addfile(info)
    elif stat.S_ISLNK(status.st_mode):
        info.type, info.linkname, info.mode = tarfile.SYMTYPE, os.readlink(path), 0o777
        tar.addfile(info)
    elif stat.S_ISREG(status.st_mode):
        info.mode, info.size = 0o755 if status.st_mode & 0o111 else 0o644, status.st_size
        with open(path, "rb") as file:
            tar.addfile(info, file)
    else:
        raise PackError(f"{path} is neither a file, a folder nor a link")


def layer_of(entries):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(with_parents(entries)):
            add_entry(tar, name, entries[name], 0o1777 if name == "tmp" else None)
    return buffer.getvalue()


def write_archive(out, name, layer, config):
    """docker save's layout: the config, the layer, and manifest.json that names both."""
    layer_digest = hashlib.sha256(layer).hexdigest()
    image = {
        "architecture": "amd64",
        "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + layer_digest]},
        "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "k8s/images/pack.py"}],
    }
    image_json = json.dumps(image, sort_keys=True).encode()
    image_digest = hashlib.sha256(image_json).hexdigest()
    manifest = [{"Config": image_digest + ".json", "RepoTags": [name], "Layers": [layer_digest + ".tar"]}]
    parts = [(image_digest + ".json", image_json), (layer_digest + ".tar", layer),
             ("manifest.json", json.dumps(manifest).encode())]
    with tarfile.open(out + ".part", "w", format=tarfile.USTAR_FORMAT) as tar:
        for part, content in parts:
            info = tarfile.TarInfo(part)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    os.replace(out + ".part", out)
    return image_digest


def key_of(name, config, entries):
    """A fingerprint of everything the archive is made from, without reading the files."""
    facts = [name, json.dumps(config, sort_keys=True)]
    for path in sorted(entries):
        status = os.lstat(entries[path]) if entries[path] else None
        if status and not stat.S_ISDIR(status.st_mode):
            facts.append(f"{path} {status.st_mode} {status.st_size} {status.st_mtime_ns}")
        else:
            facts.append(path)
    with open(__file__, "rb") as own:
        facts.append(hashlib.sha256(own.read()).hexdigest())
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def read_text(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def pack(name, config, entries, out):
    key = key_of(name, config, entries)
    if os.path.exists(out) and read_text(out + ".key") == key:
        return "unchanged"
    write_archive(out, name, layer_of(entries), config)
    with open(out + ".key", "w", encoding="utf-8") as file:
        file.write(key)
    return "packed"


def libraries(program):
    """The shared libraries that ldd finds, by their paths; none for a static program."""
    ldd = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    if ldd.returncode != 0:  # "not a dynamic executable"
        return []
    if "not found" in ldd.stdout:
        raise PackError(f"{program} needs a library that is not here: {ldd.stdout.strip()}")
    words = [word for line in ldd.stdout.splitlines() for word in line.split() if word.startswith("/")]
    return sorted(set(words))


def entries_of_program(program):
    entries = {f"usr/bin/{os.path.basename(program)}": os.path.realpath(program), "tmp": None}
    for library in libraries(program):
        entries[library.lstrip("/")] = os.path.realpath(library)
    return entries


def described(arguments):
    """(config, entries) for the form that was asked for."""
    if arguments.program:
        program = os.path.basename(arguments.program)
        if not os.path.isfile(arguments.program):
            raise PackError(f"{arguments.program} is not a file")
        config = {"Env": [PATH], "User": arguments.user,
                  "Entrypoint": [f"/usr/bin/{program}"] + arguments.entrypoint}
        return config, entries_of_program(arguments.program)
    if not os.path.isfile(arguments.dockerfile):
        raise PackError(f"{arguments.dockerfile} is not a file")
    try:
        config, copies = final_stage(read_text(arguments.dockerfile))
    except PackError as error:
        raise PackError(f"{arguments.dockerfile}: {error}") from None
    return config, entries_of_rootfs(arguments.rootfs, copies)


def main(argv=None):
    parser = argparse.ArgumentParser(description="Packs a container image without a builder.")
    parser.add_argument("--dockerfile")
    parser.add_argument("--rootfs", help="what the build stage's /rootfs holds")
    parser.add_argument("--program", help="one program instead of a Dockerfile")
    parser.add_argument("--entrypoint", nargs="*", default=[], help="arguments after the program's own path")
    parser.add_argument("--user", default=USER, help=f"UID:GID of a --program image ({USER})")
    parser.add_argument("--name", required=True, help="full name with tag, docker.io/plimsoll/target:dev")
    parser.add_argument("--out", required=True, help="the tar to write")
    arguments = parser.parse_args(argv)
    if bool(arguments.program) == bool(arguments.dockerfile) or bool(arguments.dockerfile) != bool(arguments.rootfs):
        parser.error("give either --program, or --dockerfile with --rootfs")
    try:
        config, entries = described(arguments)
        state = pack(arguments.name, config, entries, arguments.out)
    except (PackError, OSError) as error:
        print(f"pack.py: {error}", file=sys.stderr)
        return 2
    print(f"{arguments.name}  {os.path.getsize(arguments.out) / 1e6:.1f} MB  {arguments.out}  {state}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
