"""The repository that the template makes, with the fixtures in the place of what this machine does not have."""

import os
import subprocess
import unittest

from support import engine, fixtures
from support.case import must
from support.server import free_port
from support.workflow import PLUGINS, Workflow

AUTHOR = {"GIT_AUTHOR_NAME": "ken", "GIT_AUTHOR_EMAIL": "ken@example.com", "GIT_CONFIG_GLOBAL": "/dev/null",
          "GIT_COMMITTER_NAME": "ken", "GIT_COMMITTER_EMAIL": "ken@example.com"}


def require_buildx():
    if not (PLUGINS / "docker-buildx").exists():
        raise unittest.SkipTest("docker-buildx is not on this machine: set BALLAST_COMPOSE_PLUGIN to the folder that holds it")


class Repository:
    def __init__(self, server, registry, name):
        self.name = name
        self.folder = server.path("repository")
        self.image = f"127.0.0.1:{registry.port}/{name}"
        self.port, self.chat_port = free_port(), free_port()
        self.project = f"{server.prefix}-{name}"
        must(server.run("init", "--template", "odoo18", name, "--into", str(self.folder)))
        self.stack = self.folder / "infra/stacks" / name
        self.workflow = Workflow(self.folder / f".github/workflows/{name}.yml")
        self.edit("Dockerfile", "FROM odoo:18.0\n", f"FROM fixture/shop:{fixtures.tag('good1')}\n")
        self.edit("docker-compose.yml", "image: postgres:15\n", "image: fixture/postgres:15\n")
        self.edit("docker-compose.yml", f"image: ghcr.io/acme/{name}:", f"image: {self.image}:")
        self.edit("docker-compose.yml", '"127.0.0.1:8069:8069"', f'"127.0.0.1:{self.port}:8069"')
        self.edit("docker-compose.yml", '"127.0.0.1:8072:8072"', f'"127.0.0.1:{self.chat_port}:8072"')
        self.git("init", "--quiet", "--initial-branch=main")

    def edit(self, file, there, instead):
        path = self.stack / file
        text = path.read_text()
        if there not in text:
            raise AssertionError(f"{path} does not hold {there!r}")
        path.write_text(text.replace(there, instead))

    def git(self, *words):
        return subprocess.run(["git", *words], cwd=self.folder, env={"PATH": os.environ["PATH"], **AUTHOR}, check=True,
                              text=True, capture_output=True, timeout=60).stdout.strip()

    def commit(self, message):
        """The commit that a push would bring."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def build(self, commit):
        """What the job `build` does with a commit that is checked out."""
        return self.workflow.run("build", self.folder, {"secrets.GITHUB_TOKEN": "token"}, IMAGE=self.image,
                                 GITHUB_SHA=commit, GITHUB_ACTOR="ken", GITHUB_REPOSITORY="acme/odoo18",
                                 GITHUB_SERVER_URL="https://github.com")

    def deploy(self, server, commit, actor, values):
        """What the job `deploy` does then. `server` is an address for ssh, `values` are its secrets and variables."""
        return self.workflow.run("deploy", self.folder, values, SERVER=server, GITHUB_SHA=commit, GITHUB_ACTOR=actor)

    def built(self, commit):
        """The image, inspected."""
        return engine.image(f"{self.image}:sha-{commit}")

    def remove(self):
        engine.remove_project(self.project)
        for reference in engine.image_references(self.image):
            engine.remove_image(reference)
