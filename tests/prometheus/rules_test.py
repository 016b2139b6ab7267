"""The rules, the dashboard and the page of metrics against each other, and against a real promtool."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import metrics_page  # noqa: E402
from support.fixtures import REPOSITORY  # noqa: E402

RULES = REPOSITORY / "packaging/prometheus/ballast.rules.yml"
DASHBOARD = REPOSITORY / "packaging/grafana/ballast.json"
MANUAL = REPOSITORY / "docs/manual/metrics.md"
DOCUMENTS = "/usr/share/doc/ballast/"
# What Prometheus says of the daemon itself: no stack is watched for it.
OF_THE_DAEMON = {"ballast-down", "stack-unreadable", "stack-not-watched", "alert-unknown", "engine-down",
                 "notifications-failing"}
STEP = 15
STEPS = 300
DAY = 86400


def promtool(*arguments, text=None):
    return subprocess.run(["promtool", *arguments], input=text, capture_output=True, text=True, timeout=120)


def rules():
    """{rule: (title, severity, seconds, hint, runbook)}; the file has one form throughout."""
    found = {}
    for block in re.split(r"(?m)^      - alert: ", RULES.read_text())[1:]:
        title = block.splitlines()[0]
        hold = re.search(r"(?m)^        for: (\d+)([smh])$", block)
        seconds = int(hold[1]) * {"s": 1, "m": 60, "h": 3600}[hold[2]] if hold else 0
        labels = re.search(r"labels: \{rule: ([a-z-]+)(?:, severity: (\w+))?\}", block)
        hint = re.search(r'(?m)^          hint: "(.*)"$', block)[1]
        runbook = re.search(r"(?m)^          runbook: (\S+)$", block)[1]
        found[labels[1]] = (title, labels[2], seconds, hint, runbook)
    return found


def anchors(page):
    """As GitHub makes them of headings."""
    headings = re.findall(r"(?m)^#+ (.*)$", page.read_text())
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def names_in(text):
    return set(re.findall(r"\bballast_[a-z_]+", text))


class Agreement(unittest.TestCase):
    """Each file says what the others say."""

    maxDiff = None

    def test_every_alert_has_its_rule(self):
        found = rules()
        for alert, (title, severity, seconds, hint) in metrics_page.alerts().items():
            with self.subTest(alert):
                self.assertIn(alert, found)
                told = hint.replace("{stack}", "{{ $labels.stack }}")
                self.assertEqual(found[alert][:4], (title, severity, seconds, told))
        self.assertEqual(set(found) - set(metrics_page.alerts()), OF_THE_DAEMON)

    def test_every_rule_names_its_place_in_the_manual(self):
        for rule, (title, _, _, _, runbook) in rules().items():
            with self.subTest(rule):
                page, anchor = runbook.removeprefix(DOCUMENTS).split("#")
                self.assertEqual(anchor, title.lower().replace(" ", "-"))
                self.assertIn(anchor, anchors(REPOSITORY / page))

    def test_only_metrics_that_there_are(self):
        there = metrics_page.families(metrics_page.page())
        self.assertGreater(len(there), 50)
        for file in (RULES, DASHBOARD):
            with self.subTest(file.name):
                self.assertEqual(names_in(file.read_text()) - there, set())

    def test_every_metric_is_in_the_manual(self):
        listed = re.findall(r"(?m)^\| `(ballast_[a-z_]+)` \|", MANUAL.read_text())
        self.assertEqual(sorted(listed), sorted(metrics_page.families(metrics_page.page())))

    def test_the_manual_tells_each_label(self):
        there = metrics_page.labels(metrics_page.page())
        for line in re.findall(r"(?m)^\| (`ballast_.*)$", MANUAL.read_text()):
            name, labels, *_ = (cell.strip().replace("`", "") for cell in line.split(" | "))
            with self.subTest(name):
                self.assertEqual(labels.replace("–", "").split(), there[name])

    def test_a_dashboard_that_grafana_can_read(self):
        board = json.loads(DASHBOARD.read_text())
        panels = [panel for panel in board["panels"] if panel["type"] != "row"]
        self.assertEqual(len({panel["id"] for panel in board["panels"]}), len(board["panels"]))
        for panel in panels:
            with self.subTest(panel["title"]):
                self.assertTrue(panel["targets"])
                for target in panel["targets"]:
                    self.assertTrue(names_in(target["expr"]))
                    self.assertEqual(target["datasource"]["uid"], "${datasource}")

    def test_every_query_of_the_dashboard_is_one(self):
        board = json.loads(DASHBOARD.read_text())
        asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
        recorded = [{"record": "asked", "expr": expression.replace("$__rate_interval", "5m").replace("$stack", "shop")}
                    for expression in asked]
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "asked.json")
            file.write_text(json.dumps({"groups": [{"name": f"asked-{number}", "rules": [rule]}
                                                   for number, rule in enumerate(recorded)]}))
            done = promtool("check", "rules", str(file))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


def series(name, **labels):
    labels = {"instance": "a", **labels}
    return name + "{" + ",".join(f'{label}="{value}"' for label, value in sorted(labels.items())) + "}"


def of_shop(name, value, **labels):
    return {series(name, stack="shop", **labels): value}


def caused(alert):
    return of_shop("ballast_alert_caused_by_operation", 1, alert=alert, operation="deploy")


WELL = {series("up", job="ballast"): 1,
        series("ballast_build_info", version="0.1.0"): 1,
        series("ballast_page_timestamp_seconds"): f"0+{STEP}x{STEPS}"}


class Case:
    """One state of the metrics: what fires from `late` seconds after the rule's own time on, and nothing before."""

    def __init__(self, rule, state, labels=None, late=0, without=(), shop=True):
        self.rule = rule
        self.state = {name: value for name, value in {**WELL, **state}.items() if name not in without}
        self.labels = labels
        self.late = late
        self.shop = shop

    def expected(self):
        if self.labels is None:
            return []
        title, severity, *_ = rules()[self.rule]
        labels = {"alertname": title, "alertstate": "firing", "rule": self.rule}
        if severity:
            labels["severity"] = severity
        if self.shop:
            labels |= {"instance": "a", "stack": "shop"}
        labels |= self.labels
        return [{"labels": "ALERTS{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}", "value": 1}]

    def as_promtool_has_it(self):
        seconds = rules()[self.rule][2]
        asked = "ALERTS" if self.labels is None else 'ALERTS{alertstate="firing"}'
        fired = -(-seconds // STEP) * STEP + self.late  # at the first look after its time
        checks = [{"expr": asked, "eval_time": f"{fired}s", "exp_samples": self.expected()}]
        if seconds:
            checks.append({"expr": 'ALERTS{alertstate="firing"}', "eval_time": f"{fired - STEP}s",
                           "exp_samples": []})
        told = [{"series": name, "values": value if isinstance(value, str) else f"{value}+0x{STEPS}"}
                for name, value in self.state.items()]
        return {"interval": f"{STEP}s", "input_series": told, "promql_expr_test": checks}


def fires(rule, state, late=0, /, **labels):
    return Case(rule, state, labels, late)


def quiet(rule, *states):
    return Case(rule, {name: value for state in states for name, value in state.items()})


def switched(rule, name, bad, good, **labels):
    """For a rule over one metric: the first value for which it fires, and the last for which it does not."""
    return [fires(rule, of_shop(name, bad, **labels), **labels), quiet(rule, of_shop(name, good, **labels))]


def excused(rule, name, bad, **labels):
    """The same, but for what an operation of Ballast causes."""
    return quiet(rule, of_shop(name, bad, **labels), caused(rule))


def no_sets(count=0):
    kinds = ("daily", "manual", "pre-deploy", "weekly-full")
    return {name: value for kind in kinds
            for name, value in of_shop("ballast_backup_complete_sets", count, kind=kind).items()}


def backup(ago, kind="daily"):
    return of_shop("ballast_backup_complete_timestamp_seconds", -ago, kind=kind)


def ended(operation, status, ago):
    return {**of_shop("ballast_last_operation_exit_status", status, operation=operation),
            **of_shop("ballast_last_operation_timestamp_seconds", -ago, operation=operation)}


BACKUP_DUE = of_shop("ballast_backup_overdue_after_seconds", 26 * 3600)
DRILL_DUE = of_shop("ballast_drill_overdue_after_seconds", 8 * DAY)
CONNECTIONS = of_shop("ballast_database_connections_limit", 100, server="db")

CASES = [
    *switched("backup-failed", "ballast_backup_scheduled_success", 0, 1),
    excused("backup-failed", "ballast_backup_scheduled_success", 0),

    fires("backup-overdue", {**BACKUP_DUE, **no_sets(1), **backup(26 * 3600 + 1), **backup(9 * DAY, "weekly-full")}),
    fires("backup-overdue", {**BACKUP_DUE, **no_sets()}),
    quiet("backup-overdue", BACKUP_DUE, no_sets(1), backup(26 * 3600), backup(9 * DAY, "weekly-full")),
    quiet("backup-overdue", no_sets(), backup(365 * DAY)),
    quiet("backup-overdue", BACKUP_DUE),
    quiet("backup-overdue", BACKUP_DUE, no_sets(), caused("backup-overdue")),

    *switched("certificate-expiring", "ballast_certificate_expiry_timestamp_seconds", 14 * DAY - 1, 14 * DAY + 3600,
              url="https://shop.example.com"),

    *switched("clock-wrong", "ballast_clock_offset_seconds", 30.5, 30, clock="engine"),
    *switched("clock-wrong", "ballast_clock_offset_seconds", -30.5, -30, clock="database"),
    *switched("clock-wrong", "ballast_records_newest_timestamp_seconds", 331, 30),

    *switched("container-down", "ballast_container_up", 0, 1, service="web"),
    *switched("container-down", "ballast_container_restarting", 1, 0, service="web"),
    quiet("container-down", of_shop("ballast_container_up", 0, service="migrate"),
          of_shop("ballast_container_work_done", 1, service="migrate")),
    fires("container-down", {**of_shop("ballast_container_up", 0, service="web"),
                             **of_shop("ballast_container_work_done", 0, service="web")}, service="web"),
    excused("container-down", "ballast_container_up", 0, service="web"),
    excused("container-down", "ballast_container_restarting", 1, service="web"),

    *switched("db-connection", "ballast_database_up", 0, 1, server="db"),
    fires("db-connection", {**CONNECTIONS, **of_shop("ballast_database_connections", 91, server="db")}, server="db"),
    quiet("db-connection", CONNECTIONS, of_shop("ballast_database_connections", 90, server="db")),
    excused("db-connection", "ballast_database_up", 0, server="db"),

    fires("deploy-failed", ended("deploy", 4, DAY), operation="deploy"),
    quiet("deploy-failed", ended("deploy", 4, DAY + 1)),
    quiet("deploy-failed", ended("deploy", 0, 60)),
    quiet("deploy-failed", ended("backup", 4, 60)),

    *switched("disk-full", "ballast_disk_used_ratio", 0.85, 0.8499, path="/srv"),

    fires("disk-filling", of_shop("ballast_disk_available_bytes", f"{DAY}-{STEP}x{STEPS}", path="/srv"), STEP,
          path="/srv"),
    quiet("disk-filling", of_shop("ballast_disk_available_bytes", f"{2 * DAY}-{STEP}x{STEPS}", path="/srv")),

    *switched("drill-failed", "ballast_drill_success", 0, 1),
    excused("drill-failed", "ballast_drill_success", 0),

    fires("drill-overdue", {**DRILL_DUE, **no_sets(), **of_shop("ballast_drill_passed_timestamp_seconds", -8 * DAY - 1)}),
    fires("drill-overdue", {**DRILL_DUE, **no_sets()}),
    quiet("drill-overdue", DRILL_DUE, no_sets(), of_shop("ballast_drill_passed_timestamp_seconds", -8 * DAY)),
    quiet("drill-overdue", no_sets(), of_shop("ballast_drill_passed_timestamp_seconds", -365 * DAY)),
    quiet("drill-overdue", DRILL_DUE),
    quiet("drill-overdue", DRILL_DUE, no_sets(), caused("drill-overdue")),

    *switched("health-check-fail", "ballast_health_check_pass", 0, 1, check="web-login", subject="ten_a"),
    excused("health-check-fail", "ballast_health_check_pass", 0, check="web-login", subject="ten_a"),

    *switched("high-memory", "ballast_container_memory_bytes", 3_500_000_001, 3_500_000_000, service="web"),

    *switched("modified-by-hand", "ballast_modified_by_hand", 1, 0),
    excused("modified-by-hand", "ballast_modified_by_hand", 1),

    *switched("not-ready-to-roll-back", "ballast_rollback_ready", 0, 1),
    excused("not-ready-to-roll-back", "ballast_rollback_ready", 0),

    *switched("offsite-behind", "ballast_backup_offsite_pending_timestamp_seconds", -26 * 3600 - 1, -26 * 3600,
              remote="b2:shop"),
    excused("offsite-behind", "ballast_backup_offsite_pending_timestamp_seconds", -27 * 3600, remote="b2:shop"),

    *switched("operation-interrupted", "ballast_operations_interrupted", 1, 0),
    *switched("rollback-failed", "ballast_last_change_needs_person", 1, 0),

    Case("ballast-down", {series("up", job="ballast"): 0}, {"instance": "a", "job": "ballast"}, shop=False),
    Case("ballast-down", {}, {}, without=[series("ballast_build_info", version="0.1.0")], shop=False),
    Case("ballast-down", {series("ballast_page_timestamp_seconds"): -121}, {"instance": "a"}, shop=False),
    Case("ballast-down", {series("up", job="node"): 0, series("ballast_page_timestamp_seconds"): f"-120+{STEP}x{STEPS}"}),

    *switched("stack-unreadable", "ballast_stack_readable", 0, 1),
    *switched("stack-not-watched", "ballast_stack_look_timestamp_seconds", -301, -180),

    fires("alert-unknown", of_shop("ballast_alert", 1, alert="db-connection", subject="db", severity="page", state="unknown"),
          alert="db-connection", subject="db", severity="page", state="unknown"),
    quiet("alert-unknown", of_shop("ballast_alert", 1, alert="db-connection", subject="db", severity="page", state="failing"),
          of_shop("ballast_alert", 1, alert="disk-full", subject="/srv", severity="page", state="suppressed"),
          of_shop("ballast_alert", 1, alert="high-memory", subject="web", severity="warn", state="ok")),

    Case("engine-down", {series("ballast_engine_up"): 0}, {"instance": "a"}, shop=False),
    quiet("engine-down", {series("ballast_engine_up"): 1}),

    Case("notifications-failing", {series("ballast_channel_failing", channel="slack"): 1},
         {"instance": "a", "channel": "slack"}, shop=False),
    Case("notifications-failing", {series("ballast_channel_refused_messages", channel="slack"): 1},
         {"instance": "a", "channel": "slack"}, shop=False),
    quiet("notifications-failing", {series("ballast_channel_failing", channel="slack"): 0,
                                    series("ballast_channel_refused_messages", channel="slack"): 0}),
]


class Promtool(unittest.TestCase):
    def test_the_rules_are_rules(self):
        done = promtool("check", "rules", str(RULES))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"SUCCESS: {len(rules())} rules found", done.stdout)

    def test_the_page_is_one(self):
        done = promtool("check", "metrics", text=metrics_page.page())
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_every_rule_has_a_case_that_fires_and_one_that_does_not(self):
        for wanted in (True, False):
            self.assertEqual({case.rule for case in CASES if (case.labels is not None) == wanted}, set(rules()))

    def test_what_fires_and_what_does_not(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "cases.json")
            file.write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": f"{STEP}s",
                                        "tests": [case.as_promtool_has_it() for case in CASES]}))
            done = promtool("test", "rules", str(file))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_what_prometheus_is_given(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "prometheus.yml")
            text = (REPOSITORY / "packaging/prometheus/scrape.yml").read_text()
            file.write_text(text.replace("/usr/share/ballast/prometheus/ballast.rules.yml", str(RULES)))
            done = promtool("check", "config", str(file))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(f"SUCCESS: {len(rules())} rules found", done.stdout)


if __name__ == "__main__":
    if not shutil.which("promtool"):
        sys.exit("there is no promtool: install prometheus (./dev test does)")
    unittest.main(verbosity=2)
