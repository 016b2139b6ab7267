"""The sweep is only worth something if it catches faults: each of these is put into the program and must be found.

The program without a fault has to pass the very sweep that finds it.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from typing import Callable, NamedTuple
from unittest import mock

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from faults.points import evenly  # noqa: E402
from faults.sweep import Kind, Sweep  # noqa: E402
from support import case, fixtures  # noqa: E402
from support.server import ONE  # noqa: E402

LONG = os.environ.get("BALLAST_LONG") == "1"
LANE = Kind("group", False, ONE, False)
NOT_COPIED = shutil.ignore_patterns("build", ".git", "__pycache__")


class Mutation(NamedTuple):
    """Edits of one source file, the points at which they must show, and as what."""

    path: str
    edits: tuple
    points: Callable
    violation: str

    def applied(self, text):
        for pattern, replacement in self.edits:
            text, count = re.subn(pattern, replacement, text, flags=re.DOTALL)
            if count != 1:
                raise AssertionError(f"{self.path} holds {count} times what is to be changed: {pattern}")
        return text


def between(first, last, count):
    """The changes between two lines that the program prints."""
    def choose(points, _operation, _lane):
        lines = [point.line for point in points]
        start = next(number for number, line in enumerate(lines) if first in line)
        end = next(number for number, line in enumerate(lines) if last in line)
        return evenly([point for point in points[start:end] if point.changes], count)
    return choose


def writing(name):
    """The changes of that file of the stack, or of the one that takes its place."""
    def choose(points, _operation, _lane):
        return [point for point in points if point.changes and re.search(rf"/srv/stacks/shop\b.*\.{name}\b", point.line)]
    return choose


MUTATIONS = {
    "a step is recorded as done before it is done": Mutation(
        "src/operation/runner.cpp",
        ((r"(void Runner::run_step.*?\.state = )StepState::intended", r"\1StepState::done"),),
        between("[ok] verify", "[ok] record the release", 6), "these must be one good release"),
    "a file is written in place": Mutation(
        "src/host/durable_write.cpp",
        ((r"name_ = temporary_name\(place\.name\(\)\);", 'name_ = temporary_name(place.name()).empty() ? "" : place.name();'),
         (r"O_EXCL \| O_NOFOLLOW \| O_CLOEXEC, 0600", "O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600"),
         (r"if \(renameat\(place_.*?errno\);\s*name_\.clear", "name_.clear")),
        writing("env"), "recover ended with [1-9]"),
    "the undo is skipped": Mutation(
        "src/operation/runner.cpp",
        ((r"(bool Runner::undo_step\([^{]*\{\n)", r"\1  if (number >= 0) return true;\n"),),
        between("[ok] switch", "[ok] verify", 4), "these must be one good release"),
}


class SourceTree:
    """A copy of the sources with a build folder of its own: what is built next compiles only what differs."""

    def __init__(self, folder):
        self.folder = folder
        self.source = folder / "source"
        shutil.copytree(fixtures.REPOSITORY, self.source, ignore=NOT_COPIED)
        self._run("cmake", "--preset", "release")

    def build(self, name, mutation=None):
        program = self.folder / name
        if mutation is None:
            self._build(program)
            return program
        file = self.source / mutation.path
        original = file.read_text()
        file.write_text(mutation.applied(original))
        try:
            self._build(program)
        finally:
            file.write_text(original)
        return program

    def _build(self, program):
        self._run("cmake", "--build", "--preset", "release", "-j", str(os.cpu_count()), "--target", "ballast")
        shutil.copy(self.source / "build/release/ballast", program)

    def _run(self, *command):
        done = subprocess.run(command, cwd=self.source, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}:\n{done.stdout[-4000:]}")


@unittest.skipUnless(LONG, "only in the long form: each mutation is a build of its own")
class Mutations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ballast-mutations-", dir="/var/tmp"))
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.tree = SourceTree(folder)
        cls.sound = cls.tree.build("sound")

    def sweep(self, program, mutation, most_violations):
        with mock.patch.dict(os.environ, BALLAST_BINARY=str(program)):
            tally = Sweep(mutation.points, [LANE], ["deploy"], most_violations).run()
        self.assertGreater(tally.killed, 0, "the sweep reached no kill point")
        return tally

    def test_every_mutation_is_caught(self):
        for number, (name, mutation) in enumerate(MUTATIONS.items()):
            with self.subTest(name):
                program = self.tree.build(f"mutant{number}", mutation)
                self.assertNotEqual(program.read_bytes(), self.sound.read_bytes(), "the same program was built")
                control = self.sweep(self.sound, mutation, most_violations=1)
                self.assertEqual(control.violations, [], "without the fault")
                caught = self.sweep(program, mutation, most_violations=1)
                print(f"{name}:\n  sound: {control}\n  mutant: {caught}", *caught.violations, sep="\n  ", file=sys.stderr)
                self.assertRegex("\n".join(caught.violations), mutation.violation)


if __name__ == "__main__":
    case.main()
