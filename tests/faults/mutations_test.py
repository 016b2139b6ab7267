"""The sweep is only worth something if it catches faults: three are put into the program, each must be found."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from faults import sweep  # noqa: E402
from support import case, fixtures  # noqa: E402

LONG = os.environ.get("BALLAST_LONG") == "1"


class Mutation:
    """A change of one source file, and the points at which it must show."""

    def __init__(self, path, pattern, replacement, points):
        self.path = path
        self.pattern = pattern
        self.replacement = replacement
        self.points = points

    def apply(self, folder):
        file = folder / self.path
        text, count = re.subn(self.pattern, self.replacement, file.read_text(), count=1, flags=re.DOTALL)
        if count != 1:
            raise AssertionError(f"{self.path} no longer holds what is to be changed: {self.pattern}")
        file.write_text(text)


def _naming(*words):
    """The calls that name one of these, and each call after such a one."""
    def choose(points, count):
        chosen = {}
        for point, following in zip(points, [*points[1:], points[-1]]):
            if any(word in point.line for word in words):
                chosen[point.number] = point
                chosen[following.number] = following
        return sweep.sample([chosen[number] for number in sorted(chosen)], count)
    return choose


MUTATIONS = {
    "a step is recorded as done before it is done": Mutation(
        "src/operation/runner.cpp",
        r"(void Runner::run_step.*?\.state = )StepState::intended", r"\1StepState::done", sweep.sample),
    "a file is written in place": Mutation(
        "src/host/posix_disk.cpp",
        r"  Temporary temporary\(path\);\n.*?temporary\.put_in_place\(path\);\n",
        "  const Descriptor descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));\n"
        "  if (!write_all(descriptor.get(), content)) fail(\"writing\", path, errno);\n"
        "  if (::fsync(descriptor.get()) != 0) fail(\"syncing\", path, errno);\n", _naming("/.env>", "/.env\"")),
    "the undo is skipped": Mutation(
        "src/operation/runner.cpp",
        r"(bool Runner::undo_step\([^{]*\{\n)", r"\1  if (number >= 0) return true;\n", sweep.sample),
}


@unittest.skipUnless(LONG, "only in the long form: each mutation is a build of its own")
class Mutations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="ballast-mutations-", dir="/var/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)

    def build(self, mutation):
        """The mutated program, from a copy of the sources in one build folder: only what differs is compiled."""
        source = self.folder / "source"
        build = source / "build"
        kept = self.folder / "build"
        if build.exists():
            build.rename(kept)
            shutil.rmtree(source)
        shutil.copytree(fixtures.REPOSITORY, source, ignore=shutil.ignore_patterns("build", ".git", "__pycache__"))
        if kept.exists():
            kept.rename(build)
        mutation.apply(source)
        for command in (["cmake", "--preset", "release"], ["cmake", "--build", "--preset", "release", "-j", "2",
                                                           "--target", "ballast"]):
            subprocess.run(command, cwd=source, check=True, stdout=subprocess.DEVNULL)
        return source / "build/release/ballast"

    def test_every_mutation_is_caught(self):
        for name, mutation in MUTATIONS.items():
            with self.subTest(name):
                program = self.build(mutation)
                tally = sweep.Tally()
                with mock.patch.dict(os.environ, BALLAST_BINARY=str(program)):
                    sweep.sweep({"deploy": 24}, tally, lanes=[("group", False), ("alone", False)],
                                choose=mutation.points, stop_at_first=True)
                print(f"{name}: {tally}\n  " + "\n  ".join(tally.violations), file=sys.stderr)
                self.assertGreater(tally.killed, 0)
                self.assertNotEqual(tally.violations, [], "the sweep did not see it")


if __name__ == "__main__":
    case.main()
