"""What was measured, as `status --since` draws it and `check` foretells from it; no daemon has to run."""

import datetime
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from support.measurements import MeasurementsFile
from support.server import binary

COMPOSE = """\
services:
  web:
    image: "acme/shop:${SHOP_TAG}"
"""
HINT = "hint: the daemon measures: systemctl enable --now ballast; or: ballast watch\n"
GIGABYTE = 1e9


class Measurements(unittest.TestCase):
    """A server in a folder whose stack never ran; nothing here needs an engine."""

    maxDiff = None

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="ballast-test-measurements-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.stack = self.root / "srv/stacks/shop"
        self.stack.mkdir(parents=True)
        (self.stack / "docker-compose.yml").write_text(COMPOSE)
        (self.stack / ".env").write_text("SHOP_TAG=v1\n")
        self.path = self.root / "var/lib/ballast/measurements/shop"
        # Of the second before, so that no step of what is written begins after what the program calls now.
        self.now = int(time.time()) - 1

    def run_ballast(self, *words, prefix=(), **more):
        kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        return subprocess.run([*prefix, binary(), *words, "--root", str(self.root)], capture_output=True, text=True,
                              encoding="utf-8", timeout=120, stdin=subprocess.DEVNULL,
                              env={**kept, "TZ": "Asia/Tokyo", **more})

    def drawn(self, *words, **more):
        done = self.run_ballast("status", "shop", "--since", *words, **more)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return done.stdout

    def series(self, since):
        told = json.loads(self.drawn(since, "--json"))
        self.assertEqual((told["schema"], told["exit"]), ("ballast.measured/1", 0))
        (stack,) = told["stacks"]
        self.assertEqual((stack["name"], stack["measured"]), ("shop", True))
        return {series["name"]: series for series in stack["series"]}

    def begin(self, second, length):
        """When the step began, as the program says it."""
        moment = datetime.datetime.fromtimestamp(second // length * length, datetime.timezone.utc)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def test_without_a_file_it_says_what_to_do(self):
        self.assertEqual(self.drawn("24h"), f"shop: nothing was measured yet\n{HINT}")
        told = json.loads(self.drawn("24h", "--json"))
        self.assertEqual(told["stacks"], [{"name": "shop", "measured": False, "series": []}])

    def test_a_file_of_the_format_is_read(self):
        file = MeasurementsFile([("memory web", "B"), ("alerts failing", "")])
        file.add(5, "memory web", self.now - 100, 1.5 * GIGABYTE)
        file.add(5, "alerts failing", self.now, 2)
        file.add(60, "memory web", self.now - 6000, 2 * GIGABYTE, 3 * GIGABYTE)
        file.add(900, "memory web", self.now - 20 * 86400, 1, 4)
        file.write(self.path)
        self.assertEqual(self.series("1h"), {
            "memory web": {"name": "memory web", "unit": "B", "step": 5, "points": [
                {"at": self.begin(self.now - 100, 5), "mean": 1.5e9, "max": 1.5e9}]},
            "alerts failing": {"name": "alerts failing", "unit": None, "step": 5, "points": [
                {"at": self.begin(self.now, 5), "mean": 2, "max": 2}]}})
        self.assertEqual(self.series("24h"), {
            "memory web": {"name": "memory web", "unit": "B", "step": 60, "points": [
                {"at": self.begin(self.now - 6000, 60), "mean": 2e9, "max": 3e9}]}})
        self.assertEqual(self.series("30d"), {
            "memory web": {"name": "memory web", "unit": "B", "step": 900, "points": [
                {"at": self.begin(self.now - 20 * 86400, 900), "mean": 1, "max": 4}]}})

    def test_it_is_drawn(self):
        file = MeasurementsFile([("disk used /srv", "%")])
        for second in range(0, 3600, 5):
            file.add(5, "disk used /srv", self.now - second, 90 if second < 1200 else 50)
        file.write(self.path)
        heading, titles, line = self.drawn("1h").splitlines()
        self.assertRegex(heading, r"^shop: measured since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00$")
        self.assertEqual(titles, "  SERIES          LAST  MIN   MAX")
        self.assertRegex(line, r"^  disk used /srv  90 %  50 %  90 %  ▁{26,30}█{12,16}$")
        self.assertEqual(len(line), 80)
        self.assertRegex(self.drawn("1h", LC_ALL="C").splitlines()[2], r" \.{26,30}@{12,16}$")

    def test_a_file_that_is_torn_is_none(self):
        file = MeasurementsFile([("memory web", "B")])
        file.add(5, "memory web", self.now, 1)
        file.write(self.path)
        self.assertNotIn("nothing", self.drawn("1h"))
        os.truncate(self.path, self.path.stat().st_size - 1)
        self.assertEqual(self.drawn("1h"), f"shop: nothing was measured yet\n{HINT}")

    def test_a_stack_that_there_is_not(self):
        done = self.run_ballast("status", "shp", "--since", "1h")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, f"error: no stack `shp` in {self.root}/srv/stacks\nhint: did you mean `shop`?\n")

    @unittest.skipUnless(os.geteuid() == 0, "only root can be another user")
    def test_it_takes_root(self):
        MeasurementsFile([("memory web", "B")]).write(self.path)
        self.root.chmod(0o755)
        self.path.parent.chmod(0o700)
        done = self.run_ballast("status", "shop", "--since", "1h",
                                prefix=("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"))
        self.assertEqual((done.returncode, done.stdout), (1, ""), done)
        self.assertEqual(done.stderr, f"error: cannot look at {self.path}: permission denied\n"
                                      "hint: run ballast as root (sudo)\n")

    def filling(self):
        done = self.run_ballast("check", "shop", "--json")
        self.assertEqual(done.returncode, 9, done)
        return [line for line in json.loads(done.stdout)["alerts"] if line["alert"] == "disk-filling"]

    def test_check_foretells_a_full_disk(self):
        self.assertEqual(self.filling(), [])
        series = f"disk free {self.stack.parent}"
        file = MeasurementsFile([(series, "B")])
        for minute in range(361):
            file.add(60, series, self.now - minute * 60, (140 + minute / 6) * GIGABYTE)
        file.write(self.path)
        (line,) = self.filling()
        self.assertEqual((line["title"], line["state"], line["severity"]), ("Disk Full Soon", "failing", "warn"))
        self.assertRegex(line["value"], r"^\d+ % used, .* free; full in 14 h, by 10\.0 GB an hour$")
        self.assertTrue(line["subject"].startswith(str(self.stack.parent)), line)
        (self.stack / "ballast.yaml").write_text("alerts: {disk-filling: {within: 13h}}\n")
        self.assertEqual([line["state"] for line in self.filling()], ["ok"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
