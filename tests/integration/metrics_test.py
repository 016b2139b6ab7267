"""The metrics of the real daemon, over HTTP and as a file, on a server without an engine."""

import http.client
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import metrics_page  # noqa: E402
from support.daemon import Daemon  # noqa: E402
from support.server import binary, free_port, get  # noqa: E402
from support.waiting import until  # noqa: E402

FORMAT = "text/plain; version=0.0.4; charset=utf-8"
FILE = "/var/lib/prometheus/node-exporter/ballast.prom"
COMPOSE = """\
services:
  site:
    image: acme/site:${SITE_TAG}
"""


class MetricsCase(unittest.TestCase):
    """A server in a folder; nothing here needs an engine."""

    maxDiff = None

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="ballast-test-metrics-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.root.chmod(0o755)
        self.port = free_port()
        self.file = pathlib.Path(f"{self.root}{FILE}")
        self.file.parent.mkdir(parents=True)
        self.stack("site", COMPOSE)
        self.stack("broken", "services: [")

    def stack(self, name, compose):
        folder = self.root / "srv/stacks" / name
        folder.mkdir(parents=True)
        (folder / "docker-compose.yml").write_text(compose)
        (folder / ".env").write_text("SITE_TAG=v1\n")

    def settings(self, text):
        folder = self.root / "etc/ballast"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ballast.yaml").write_text(text)

    def argv(self, *words):
        return [binary(), words[0], "--root", str(self.root), *words[1:]]

    def environment(self, **more):
        return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "TZ": "Asia/Tokyo",
                "BALLAST_DOCKER_SOCKET": f"{self.root}/no.sock", **more}

    def watch(self):
        daemon = Daemon(self)
        self.addCleanup(daemon.end, signal.SIGKILL)
        return daemon

    def assert_page(self, text):
        """One that Prometheus takes, with nothing on it that the manual does not tell."""
        done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=120)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        told = metrics_page.labels(metrics_page.page())
        for family, names in metrics_page.labels(text).items():
            self.assertEqual(names, told[family], family)

    def assert_told(self, text):
        """The engine never answered, so that nothing is known of a stack but that one is broken."""
        self.assertIn("ballast_engine_up 0", text.splitlines())
        self.assertNotIn("ballast_container_up", text)
        self.assertNotIn('stack="site"', text)

    def looked_at(self, text):
        return 'ballast_stack_readable{stack="broken"} 0' in text and "ballast_engine_up 0" in text


class OverHttp(MetricsCase):
    def setUp(self):
        super().setUp()
        self.settings(f"watch: {{interval: 1s}}\nmetrics: {{listen: '127.0.0.1:{self.port}'}}\n")
        self.watch()

    def ask(self, method, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.addCleanup(connection.close)
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()

    def page(self):
        return get(f"http://127.0.0.1:{self.port}/metrics")[1]

    def test_the_page(self):
        text = until(lambda: self.looked_at(page := self.page()) and page, "a look at the stacks")
        self.assert_page(text)
        self.assert_told(text)

    def test_looks_are_counted(self):
        def looks():
            found = re.search(r"(?m)^ballast_looks_total (\d+)$", self.page())
            return int(found[1]) if found else 0
        first = until(looks, "the first look")
        until(lambda: looks() > first, "another look")

    def test_what_else_is_asked_there(self):
        status, headers, body = self.ask("HEAD", "/metrics")
        self.assertEqual((status, headers["Content-Type"], body), (200, FORMAT, ""))
        self.assertEqual(self.ask("GET", "/")[::2], (200, "Ballast. Metrics for Prometheus are at /metrics\n"))
        self.assertEqual(self.ask("GET", "/other")[::2], (404, "Metrics are at /metrics\n"))
        self.assertEqual(self.ask("POST", "/metrics")[::2], (405, "It can only be read: GET or HEAD\n"))
        self.assertFalse(self.file.exists())


class AsAFile(MetricsCase):
    def test_the_file_alone(self):
        self.settings(f"watch: {{interval: 1s}}\nmetrics: {{listen: off, text-file: {FILE}}}\n")
        self.watch()
        text = until(lambda: self.file.exists() and self.looked_at(text := self.file.read_text()) and text,
                     "the file of the stacks")
        self.assert_page(text)
        self.assert_told(text)
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o644)
        self.assertEqual([path.name for path in self.file.parent.glob("*.prom")], ["ballast.prom"])


class Refused(MetricsCase):
    def test_an_address_that_others_reach(self):
        self.settings("metrics:\n  listen: 0.0.0.0:9478\n")
        done = subprocess.run(self.argv("watch"), capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                              env=self.environment())
        self.assertEqual((done.returncode, done.stdout, done.stderr), (2, "", (
            f"error: {self.root}/etc/ballast/ballast.yaml:2: `metrics.listen`: on \"0.0.0.0:9478\" everyone who reaches it "
            "may read the metrics\nhint: write 127.0.0.1:9478; or, when that is meant, `beyond-this-machine: on` beside it\n")))

    def test_a_place_that_is_taken(self):
        self.settings(f"watch: {{interval: 1s}}\nmetrics: {{listen: '127.0.0.1:{self.port}'}}\n")
        with socket.create_server(("127.0.0.1", self.port)):
            daemon = self.watch()
            daemon.wait_for("metrics are not served: ")
            self.assertEqual(daemon.end(), 0)


if __name__ == "__main__":
    if not shutil.which("promtool"):
        sys.exit("there is no promtool: install prometheus (./dev test does)")
    unittest.main(verbosity=2)
