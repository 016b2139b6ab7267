"""A registry on loopback, with images that exist nowhere else on the machine."""

import subprocess
import uuid

from support import fixtures
from support.server import free_port

PROGRAM = str(fixtures.FOLDER / "registry")


class Registry:
    def __init__(self, folder, auth=""):
        self.port = free_port()
        self._folder = str(folder)
        self._auth = auth
        self.start()

    @property
    def repository(self):
        return f"127.0.0.1:{self.port}/shop"

    def _run(self, command, *words):
        done = subprocess.run([PROGRAM, command, self._folder, *words], text=True, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=120)
        if done.returncode != 0:
            raise AssertionError(f"registry {command} {words}: {done.stderr}")
        return done.stdout.strip()

    def start(self):
        self._run("start", str(self.port), *(["--auth", self._auth] if self._auth else []))

    def stop(self):
        self._run("stop")

    def digest(self, tag, name="shop"):
        return self._run("digest", f"{name}:{tag}")

    def publish(self, tag, fixture_tag=None):
        """Pushes an image of its own that behaves as that one of the fixtures; a tag that exists is moved."""
        name = f"ballast-test-publish-{uuid.uuid4().hex[:12]}"
        fixtures.build_image("shop", fixture_tag or tag, name)
        try:
            self._run("push", f"{name}:latest", f"shop:{tag}")
        finally:
            subprocess.run(["docker", "image", "rm", name], check=False, capture_output=True, timeout=60)
