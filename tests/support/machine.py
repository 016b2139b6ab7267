"""A machine of its own, as a container: the program is put into it, and all that is in it can be compared."""

import functools
import io
import json
import os
import pathlib
import re
import subprocess
import tarfile
import tempfile
import uuid

from support import server

LISTING = r"""
import hashlib, json, os, stat
found, here = {}, os.stat("/").st_dev
for folder, folders, names in os.walk("/"):
    folders[:] = [name for name in folders if os.lstat(os.path.join(folder, name)).st_dev == here]
    for name in folders + names:
        path = os.path.join(folder, name)
        about = os.lstat(path)
        if about.st_dev != here:
            continue
        content = ""
        if stat.S_ISLNK(about.st_mode):
            content = os.readlink(path)
        elif stat.S_ISREG(about.st_mode):
            with open(path, "rb") as file:
                content = hashlib.sha256(file.read()).hexdigest()
        found[path] = [oct(about.st_mode), about.st_uid, about.st_gid, content]
print(json.dumps(found))
"""


def libraries():
    """Path of each library that the program is linked to, as the program itself would find it."""
    lines = subprocess.run(["ldd", server.binary()], check=True, capture_output=True, text=True).stdout
    return re.findall(r"=> (/\S+)", lines)


@functools.cache
def program_archive(image):
    """A tar of the program, without what only debuggers read, and of the libraries that an image lacks."""
    asked = "for path in $*; do test -e $path || echo $path; done"
    missing = subprocess.run(["docker", "run", "--rm", image, "/bin/sh", "-c", asked, "-", *libraries()], check=True,
                             capture_output=True, text=True, timeout=120).stdout.split()
    with tempfile.TemporaryDirectory(prefix=f"{server.PREFIX}-{os.getpid()}-") as folder:
        program = pathlib.Path(folder) / "ballast"
        subprocess.run(["strip", "-o", str(program), server.binary()], check=True)
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w", dereference=True) as archive:
            for source, target in [(program, "/usr/bin/ballast"), *((path, path) for path in missing)]:
                archive.add(source, target.lstrip("/"), filter=_of_root)
    return data.getvalue()


def _of_root(member):
    member.uid, member.gid, member.mode = 0, 0, 0o755
    return member


class Machine:
    """Close it, whatever happened."""

    def __init__(self, image):
        self.name = f"{server.PREFIX}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.docker("run", "--detach", "--init", "--network", "none", "--name", self.name, image, "sleep", "infinity")
        try:
            subprocess.run(["docker", "cp", "-", f"{self.name}:/"], input=program_archive(image), check=True,
                           capture_output=True, timeout=120)
        except BaseException:
            self.close()
            raise

    def close(self):
        subprocess.run(["docker", "rm", "--force", "--volumes", self.name], capture_output=True, check=False)

    def docker(self, *words, **options):
        return subprocess.run(["docker", *words], check=True, capture_output=True, text=True, timeout=120, **options)

    def ballast(self, *arguments):
        done = subprocess.run(["docker", "exec", self.name, "/usr/bin/ballast", *arguments], capture_output=True,
                              text=True, check=False, timeout=300)
        return server.Result(arguments, done.returncode, done.stdout, done.stderr)

    def shell(self, script, user="root"):
        done = subprocess.run(["docker", "exec", "--user", user, self.name, "/bin/sh", "-euc", script],
                              capture_output=True, text=True, check=False, timeout=300)
        if done.returncode != 0:
            raise AssertionError(f"{script}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def write(self, path, text, mode="0644"):
        subprocess.run(["docker", "exec", "--interactive", self.name, "/bin/sh", "-euc",
                        f"mkdir -p $(dirname {path}); cat >{path}; chmod {mode} {path}"],
                       input=text, text=True, check=True, capture_output=True, timeout=120)

    def tree(self):
        """All there is, by path: mode, owner, group, content."""
        done = self.docker("exec", self.name, "/usr/bin/python3", "-I", "-B", "-c", LISTING)
        return json.loads(done.stdout)


def difference(before, after):
    """The paths that are not the same in both."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
