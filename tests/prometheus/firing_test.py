"""A real Prometheus scrapes the page, judges it by the rules, and a real Alertmanager hears of it."""

import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import metrics_page  # noqa: E402
from support.fixtures import REPOSITORY  # noqa: E402
from support.server import free_port, get  # noqa: E402
from support.waiting import until  # noqa: E402

RULES = REPOSITORY / "packaging/prometheus/ballast.rules.yml"
INHIBITIONS = REPOSITORY / "packaging/prometheus/alertmanager.yml"
PROGRAMS = ("prometheus", "prometheus-alertmanager", "prometheus-node-exporter")
FORMAT = "text/plain; version=0.0.4; charset=utf-8"
DISK = "/srv/stacks/shop and /var/lib/docker"
PROMETHEUS = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
scrape_configs:
  - job_name: ballast
    static_configs: [{{targets: ["127.0.0.1:{page}"]}}]
rule_files: ["{rules}"]
alerting:
  alertmanagers:
    - static_configs: [{{targets: ["127.0.0.1:{alertmanager}"]}}]
"""
# What fires at once; the rest has to last first.
AT_ONCE = {
    ("Backup Failed", "shop", ""),
    ("Container Down", "shop", "cron"),
    ("Container Down", "shop", "worker"),
    ("Disk Full", "shop", DISK),
    ("Operation Interrupted And Not Recovered", "shop", ""),
}
NOT_YET = {"Alert Unknown", "Health Check Fail", "High Memory", "Notifications Failing", "Stack Unreadable"}


class Page:
    """Serves the page of the unit tests as if it were made at each moment; `change` mends it."""

    def __init__(self):
        page = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = page.change(metrics_page.page(time.time())).encode()
                self.send_response(200)
                self.send_header("Content-Type", FORMAT)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.change = lambda text: text
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class MonitoringCase(unittest.TestCase):
    """Programs of other people on loopback, which end with the test."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ballast-test-prometheus-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start(self, *argv):
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=self.folder)
        self.addCleanup(process.wait, 60)
        self.addCleanup(process.terminate)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return str(path)


class Firing(MonitoringCase):
    def setUp(self):
        super().setUp()
        self.page = Page()
        self.addCleanup(self.page.close)
        self.alertmanager, self.prometheus = free_port(), free_port()
        inhibitions = INHIBITIONS.read_text()
        self.start("prometheus-alertmanager", "--cluster.listen-address=", f"--storage.path={self.folder}/alertmanager",
                   f"--web.listen-address=127.0.0.1:{self.alertmanager}", "--log.level=error", "--config.file=" +
                   self.write("alertmanager.yml", f"route: {{receiver: nobody}}\nreceivers: [{{name: nobody}}]\n{inhibitions}"))
        until(lambda: get(f"http://127.0.0.1:{self.alertmanager}/-/ready")[0] == 200, "Alertmanager is ready")
        config = PROMETHEUS.format(page=self.page.port, rules=RULES, alertmanager=self.alertmanager)
        self.start("prometheus", f"--config.file={self.write('prometheus.yml', config)}", "--log.level=error",
                   f"--storage.tsdb.path={self.folder}/prometheus", f"--web.listen-address=127.0.0.1:{self.prometheus}")
        until(lambda: get(f"http://127.0.0.1:{self.prometheus}/-/ready")[0] == 200, "Prometheus is ready")

    def heard(self):
        """What Alertmanager has, by title, stack and what of it."""
        status, text = get(f"http://127.0.0.1:{self.alertmanager}/api/v2/alerts")
        self.assertEqual(status, 200, text)
        found = {}
        for alert in json.loads(text):
            labels = alert["labels"]
            what = labels.get("service") or labels.get("path") or ""
            found[labels["alertname"], labels.get("stack", ""), what] = alert
        return found

    def judged(self, state):
        status, text = get(f"http://127.0.0.1:{self.prometheus}/api/v1/alerts")
        self.assertEqual(status, 200, text)
        return {alert["labels"]["alertname"] for alert in json.loads(text)["data"]["alerts"] if alert["state"] == state}

    def test_what_is_wrong_is_heard_of_and_its_end_too(self):
        until(lambda: set(self.heard()) >= AT_ONCE, "the alerts at Alertmanager")
        until(lambda: self.judged("pending") >= NOT_YET, "those that wait")
        heard = self.heard()
        self.assertEqual(set(heard), AT_ONCE)
        disk = heard["Disk Full", "shop", DISK]
        self.assertEqual(disk["labels"], {
            "alertname": "Disk Full", "instance": f"127.0.0.1:{self.page.port}", "job": "ballast", "path": DISK,
            "rule": "disk-full", "severity": "page", "stack": "shop"})
        self.assertEqual(disk["annotations"], {
            "summary": f"Disk Full: shop {DISK}",
            "description": "87.5% used",
            "hint": "see what would be freed: ballast prune --dry-run; then what fills it: docker system df; du -xhd1 /",
            "runbook": "/usr/share/doc/ballast/docs/manual/watch.md#disk-full"})
        until(lambda: self.heard()["Backup Failed", "shop", ""]["status"]["state"] == "suppressed",
              "the full disk explains the backup")

        self.page.change = lambda text: text.replace(" 0.875\n", " 0.5\n")
        until(lambda: set(self.heard()) == AT_ONCE - {("Disk Full", "shop", DISK)}, "the end of Disk Full")
        until(lambda: self.heard()["Backup Failed", "shop", ""]["status"]["state"] == "active",
              "nothing explains the backup any more")

    def test_a_daemon_that_is_gone(self):
        until(lambda: set(self.heard()) >= AT_ONCE, "the alerts at Alertmanager")
        until(lambda: "Ballast Down" not in self.judged("pending"), "its first look")
        self.page.close()
        until(lambda: "Ballast Down" in self.judged("pending"), "that it is down")
        until(lambda: self.judged("firing") == set(), "the end of what nobody tells any more")


class TextFile(MonitoringCase):
    def test_node_exporter_shows_the_file(self):
        self.write("ballast.prom", metrics_page.page())
        port = free_port()
        self.start("prometheus-node-exporter", "--log.level=error", "--collector.disable-defaults", "--collector.textfile",
                   f"--collector.textfile.directory={self.folder}", f"--web.listen-address=127.0.0.1:{port}")
        _, text = until(lambda: (answer := get(f"http://127.0.0.1:{port}/metrics"))[0] == 200 and answer,
                        "node-exporter answers")
        self.assertRegex(text, r"(?m)^node_textfile_scrape_error 0$")
        ours = {family for family in metrics_page.families(text) if family.startswith("ballast_")}
        self.assertEqual(ours, metrics_page.families(metrics_page.page()))


if __name__ == "__main__":
    for program in PROGRAMS:
        if not shutil.which(program):
            sys.exit(f"there is no {program}: ./dev test installs it")
    unittest.main(verbosity=2)
