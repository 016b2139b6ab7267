"""The sweep is only worth something if it catches faults: each of these is put into the program and must be found.

The program without a fault has to pass the very sweep that finds them.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, NamedTuple

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from faults.points import evenly  # noqa: E402
from faults.sweep import SIDE_BY_SIDE, Kind, Sweep  # noqa: E402
from support import case, fixtures  # noqa: E402
from support.server import ONE  # noqa: E402

POINTS = 6  # for each mutation
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


def between(first, last):
    """The changes between two lines that the program prints."""
    def choose(points, *_):
        lines = [point.line for point in points]
        start = next(number for number, line in enumerate(lines) if first in line)
        end = next(number for number, line in enumerate(lines) if last in line)
        return evenly([point for point in points[start:end] if point.changes], POINTS)
    return choose


def writing(name):
    """The changes of that file of the stack, or of the one that takes its place."""
    def choose(points, *_):
        pattern = re.compile(rf"/srv/stacks/shop\b.*\.{name}\b")
        return evenly([point for point in points if point.changes and pattern.search(point.line)], POINTS)
    return choose


MUTATIONS = {
    "a step is recorded as done before it is done": Mutation(
        "src/operation/runner.cpp",
        ((r"(void Runner::run_step.*?\.state = )StepState::intended", r"\1StepState::done"),),
        between("[ok] verify", "[ok] record the release"), "these must be one good release"),
    "a file is written in place": Mutation(
        "src/host/temporary_file.cpp",
        ((r"name_ = temporary_name\(place\.name\(\)\);", 'name_ = temporary_name(place.name()).empty() ? "" : place.name();'),
         (r"O_EXCL \| O_NOFOLLOW \| O_CLOEXEC, 0600", "O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600"),
         (r"if \(renameat\(place_.*?errno\);\s*name_\.clear", "name_.clear")),
        writing("env"), "recover ended with [1-9]"),
    "the undo is skipped": Mutation(
        "src/operation/runner.cpp",
        ((r"(bool Runner::undo_step\([^{]*\{\n)", r"\1  if (number >= 0) return true;\n"),),
        between("[ok] switch", "[ok] verify"), "these must be one good release"),
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


def all_points(points, *_):
    chosen = {id(point) for mutation in MUTATIONS.values() for point in mutation.points(points)}
    return [point for point in points if id(point) in chosen]


def sweep(program, choose):
    """To the first violation."""
    lane = Kind("group", False, ONE, False, str(program))
    return Sweep(choose, [lane], ["deploy"], most_violations=1).run()


@case.long_form
class Mutations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ballast-mutations-", dir="/var/tmp"))
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        tree = SourceTree(folder)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            cls.sound = tree.build("sound")
            control = pool.submit(sweep, cls.sound, all_points)
            cls.mutants, found = {}, {}
            for name, mutation in MUTATIONS.items():
                cls.mutants[name] = tree.build(f"mutant{len(found) + 1}", mutation)
                found[name] = pool.submit(sweep, cls.mutants[name], mutation.points)
            cls.control = control.result()
            cls.found = {name: one.result() for name, one in found.items()}

    def assert_killed(self, tally):
        self.assertGreater(tally.killed, 0, "the sweep reached no kill point")

    def test_the_sound_program_passes(self):
        print(self.control, file=sys.stderr)
        self.assert_killed(self.control)
        self.assertEqual(self.control.missed, 0)
        self.assertEqual(self.control.violations, [])

    def test_every_mutation_is_caught(self):
        for name, mutation in MUTATIONS.items():
            with self.subTest(name):
                caught = self.found[name]
                print(f"{name}: {caught}", *caught.violations, sep="\n  ", file=sys.stderr)
                self.assertNotEqual(self.mutants[name].read_bytes(), self.sound.read_bytes(), "the same program was built")
                self.assert_killed(caught)
                self.assertRegex("\n".join(caught.violations), mutation.violation)


if __name__ == "__main__":
    case.main()
