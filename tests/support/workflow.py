"""A workflow of GitHub Actions whose scripts are run here, as a runner does."""

import os
import pathlib
import re
import subprocess
import tempfile
from typing import NamedTuple

import yaml

RUNNER = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
# Plugins of docker, with buildx among them, as a runner has it.
PLUGINS = pathlib.Path(os.environ.get("BALLAST_COMPOSE_PLUGIN", "/nonexistent"))


class Ran(NamedTuple):
    status: int
    log: str
    summary: str

    def __str__(self):
        return f"exit {self.status}\n{self.log}\n--- summary ---\n{self.summary}"


class Workflow:
    def __init__(self, path):
        told = yaml.load(pathlib.Path(path).read_text(), yaml.BaseLoader)
        self.env = told["env"]
        self.jobs = told["jobs"]

    def script(self, job):
        """(environment, script) of the one step of a job that is a script."""
        step, = (step for step in self.jobs[job]["steps"] if "run" in step)
        return step["env"], step["run"]

    def run(self, job, folder, values, **environment):
        """`values`: what the secrets and variables are, such as {"vars.KNOWN_HOSTS": …}."""
        own, script = self.script(job)
        told = {name: re.sub(r"\$\{\{ (\S+) \}\}", lambda found: values[found.group(1)], value)
                for name, value in {**self.env, **own}.items()}
        with tempfile.TemporaryDirectory() as place:
            summary, file = pathlib.Path(place, "summary"), pathlib.Path(place, "script.sh")
            summary.touch()
            pathlib.Path(place, ".docker").mkdir()
            pathlib.Path(place, ".docker/cli-plugins").symlink_to(PLUGINS)
            file.write_text(script)
            done = subprocess.run([*RUNNER, str(file)], cwd=folder, text=True, stdin=subprocess.DEVNULL, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600,
                                  env={"PATH": os.environ["PATH"], "HOME": place, "CI": "true", **told,
                                       "GITHUB_STEP_SUMMARY": str(summary), **environment})
            return Ran(done.returncode, done.stdout, summary.read_text())
