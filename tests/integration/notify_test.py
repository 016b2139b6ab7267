"""Notifications, with the real program against servers on loopback: what arrives, what waits, what is said."""

import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import time
import unittest

from support import sinks
from support.server import binary


class NotifyCase(unittest.TestCase):
    """An empty server in a folder; nothing here needs an engine."""

    maxDiff = None

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="ballast-test-notify-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        (self.root / "etc/ballast").mkdir(parents=True)
        (self.root / "srv/stacks").mkdir(parents=True)

    def settings(self, text):
        (self.root / "etc/ballast/ballast.yaml").write_text(text)

    def secret(self, name, text, mode=0o600):
        path = self.root / "etc/ballast" / name
        path.write_text(text + "\n")
        path.chmod(mode)
        return f"/etc/ballast/{name}"

    def sink(self, make=sinks.HttpSink, *arguments, **options):
        made = make(*arguments, **options)
        self.addCleanup(made.close)
        return made

    def slack(self, sink, **options):
        self.secret("slack-url", sink.url("/services/T0/B0/geheimnis"))
        more = "".join(f", {key.replace('_', '-')}: {value}" for key, value in options.items())
        self.settings(f"notify: {{slack: {{url-file: /etc/ballast/slack-url{more}}}}}\n")

    def argv(self, *words):
        return [binary(), *words, "--root", str(self.root)]

    @staticmethod
    def environment():
        kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        return {**kept, "TZ": "Asia/Tokyo"}

    def run_ballast(self, *words):
        return subprocess.run(self.argv(*words), capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                              env=self.environment())

    def start_ballast(self, *words):
        return subprocess.Popen(self.argv(*words), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, env=self.environment())

    def failing_backup(self):
        """There is no such stack, so that it ends with status 2 and nobody at a terminal sees it."""
        return self.run_ballast("backup", "shop", "daily", "--operator", "cron")

    def queue(self, below):
        folder = self.root / "var/lib/ballast/notify" / below
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def assert_test(self, status, output):
        done = self.run_ballast("notify", "test")
        self.assertEqual((done.returncode, done.stdout), (status, output), done.stderr)
        self.assertNotIn("geheimnis", done.stdout + done.stderr)


class TestMessages(NotifyCase):
    def test_without_settings(self):
        done = self.run_ballast("notify")
        self.assertEqual((done.returncode, done.stdout), (0, "no channel is set up: ballast help notify\n"))
        done = self.run_ballast("notify", "test")
        self.assertEqual(done.returncode, 2)
        self.assertIn("error: no channel is set up, so nobody is told anything\n", done.stderr)

    def test_slack(self):
        sink = self.sink()
        self.slack(sink)
        self.assert_test(0, "slack: delivered\n")
        request = sink.taken[0]
        self.assertEqual(request.line, "POST /services/T0/B0/geheimnis HTTP/1.1")
        self.assertEqual(request.headers["content-type"], "application/json")
        self.assertTrue(request.json()["text"].startswith("FIRING Test ("))
        self.assertEqual(self.queue(""), [])

    def test_each_of_http(self):
        sink = self.sink()
        self.secret("key", "routing-geheimnis")
        self.settings(f"""notify:
  webhook: {{url: {sink.url('/hook')}}}
  alertmanager: {{url: {sink.url('/am/')}}}
  pagerduty: {{url: {sink.url('/pd')}, key-file: /etc/ballast/key}}
""")
        self.assert_test(0, "alertmanager: delivered\npagerduty: delivered\nwebhook: delivered\n")
        self.assertEqual([request.path for request in sink.taken], ["/am/api/v2/alerts", "/pd", "/pd", "/hook"])
        self.assertEqual([request.json()["event_action"] for request in sink.taken[1:3]], ["trigger", "resolve"])
        self.assertEqual(sink.taken[1].json()["dedup_key"], sink.taken[2].json()["dedup_key"])
        self.assertEqual(sink.taken[3].json()["version"], "4")

    def test_command(self):
        script = self.root / "tell"
        script.write_text(f"#!/bin/sh\nenv > {self.root}/environment\ncat > {self.root}/input\nexit ${{1:-0}}\n")
        script.chmod(0o755)
        self.settings(f"notify: {{command: {{argv: [{script}]}}}}\n")
        self.assert_test(0, "command: delivered\n")
        self.assertIn('"schema":"ballast.notification/1"', (self.root / "input").read_text())
        self.settings(f"notify: {{command: {{argv: [{script}, '3']}}}}\n")
        self.assert_test(1, "command: exit status 3\n")
        self.settings("notify: {command: {argv: [/nonexistent/tell]}}\n")
        self.assert_test(1, "command: no such program\n")

    def test_command_that_hangs(self):
        self.settings("notify: {command: {argv: [/bin/sleep, '60'], deadline: 1s}}\n")
        self.assert_test(1, "command: did not end in time\n")


class TestMail(NotifyCase):
    def mail(self, sink, **options):
        more = "".join(f", {key.replace('_', '-')}: {value}" for key, value in options.items())
        self.settings(f"notify: {{email: {{server: '{sink.url()}', from: ballast@example.com, "
                      f"to: [ops@example.com, ken@example.com]{more}}}}}\n")

    def test_with_tls_and_login(self):
        certificate = sinks.make_certificate(self.root, "mail", "127.0.0.1")
        sink = self.sink(sinks.MailSink, certificate, login="ballast:geheimnis")
        self.secret("password", "geheimnis")
        self.mail(sink, ca_file="/mail.pem", user="ballast", password_file="/etc/ballast/password")
        self.assert_test(0, "email: delivered\n")
        taken = sink.taken[0]
        self.assertTrue(taken["secure"])
        self.assertEqual(taken["login"], "ballast:geheimnis")
        self.assertEqual(len(taken["to"]), 2)
        message = sink.messages()[0]
        self.assertTrue(message["Subject"].endswith("FIRING Test"))
        self.assertIn("a test of this channel: nothing is wrong", message.get_content())

    def test_a_relay_on_this_machine(self):
        sink = self.sink(sinks.MailSink)
        self.mail(sink, tls="off")
        self.assert_test(0, "email: delivered\n")
        self.assertFalse(sink.taken[0]["secure"])

    def test_without_tls_nothing_is_sent(self):
        sink = self.sink(sinks.MailSink)
        self.mail(sink)
        self.assert_test(1, "email: the server offers no TLS\n")
        self.assertEqual(sink.taken, [])

    def test_a_wrong_certificate(self):
        certificate = sinks.make_certificate(self.root, "mail", "127.0.0.1")
        sink = self.sink(sinks.MailSink, certificate)
        self.mail(sink)
        done = self.run_ballast("notify", "test")
        self.assertEqual(done.returncode, 1)
        self.assertIn("email: TLS failed: ", done.stdout)
        self.assertEqual(sink.taken, [])

    def test_what_the_server_refuses(self):
        sink = self.sink(sinks.MailSink)
        self.mail(sink, tls="off")
        sink.refusals = {"RCPT": "550 5.1.1 no such user"}
        self.assert_test(1, "email: 550 5.1.1 no such user\n")
        sink.refusals = {"MAIL": "451 4.3.0 come back later"}
        self.assert_test(1, "email: 451 4.3.0 come back later\n")


class TestBadAnswers(NotifyCase):
    def test_each(self):
        sink = self.sink()
        self.slack(sink, deadline="1s")
        answers = [
            (dict(status=400, body=b"invalid_payload"), "400: invalid_payload"),
            (dict(status=404, body=b"no T0/B0/geheimnis"), "404: no T0/B0/***"),
            (dict(status=429, Retry_After="30"), "429: ok"),
            (dict(status=500, body=b""), "500"),
            (dict(status=302, body=b"", Location=sink.url("/elsewhere/geheimnis")),
             f"302: a redirect to http://127.0.0.1:{sink.port}/…, which is not followed: correct the URL"),
            (dict(hangs=True), "no answer within 1 s"),
        ]
        for answer, text in answers:
            with self.subTest(text):
                sink.answer(**answer)
                self.assert_test(1, f"slack: {text}\n")
        self.assertNotIn("/elsewhere/geheimnis", [request.path for request in sink.taken])

    def test_ten_megabytes(self):
        sink = self.sink()
        self.slack(sink)
        sink.answer(body=b"x" * 10_000_000)
        self.assert_test(0, "slack: delivered\n")
        sink.answer(status=500, body=b"x" * 10_000_000)
        done = self.run_ballast("notify", "test")
        self.assertEqual(done.returncode, 1)
        self.assertLess(len(done.stdout), 300)

    def test_a_certificate_that_is_wrong_or_trusted(self):
        good = sinks.make_certificate(self.root, "good", "127.0.0.1")
        sink = self.sink(sinks.HttpSink, good)
        self.slack(sink)
        done = self.run_ballast("notify", "test")
        self.assertEqual(done.returncode, 1)
        self.assertIn("slack: TLS failed: ", done.stdout)
        self.slack(sink, ca_file="/good.pem")
        self.assert_test(0, "slack: delivered\n")
        other = self.sink(sinks.HttpSink, sinks.make_certificate(self.root, "other", "elsewhere.example"))
        self.slack(other, ca_file="/other.pem")
        done = self.run_ballast("notify", "test")
        self.assertEqual(done.returncode, 1)
        self.assertIn("slack: TLS failed: ", done.stdout)
        self.assertEqual(other.taken, [])

    def test_nobody_there(self):
        sink = self.sink()
        self.slack(sink)
        sink.close()
        self.assert_test(1, "slack: connection refused\n")

    def test_secrets_that_are_open_or_absent(self):
        sink = self.sink()
        self.slack(sink)
        path = self.root / "etc/ballast/slack-url"
        path.chmod(0o644)
        self.assert_test(1, f"slack: {path} holds a secret URL and is open to others (mode 0644)\n")
        path.unlink()
        self.assert_test(1, f"slack: {path} is missing: it is to hold a secret URL\n")
        self.assertEqual(sink.taken, [])

    def test_settings_that_are_wrong(self):
        self.settings("notify:\n  slak: {}\n")
        done = self.run_ballast("notify")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, f"error: {self.root}/etc/ballast/ballast.yaml:2: unknown key `notify.slak`\n"
                                      "hint: did you mean `notify.slack`?\n")


class TestAfterCommands(NotifyCase):
    def test_a_failed_backup_is_told(self):
        sink = self.sink()
        self.slack(sink)
        done = self.failing_backup()
        self.assertEqual(done.returncode, 2, done.stderr)
        text = sink.wait_for(1)[0].json()["text"]
        self.assertTrue(text.startswith("FIRING Backup Failed: shop ("), text)
        self.assertEqual(self.queue("slack/waiting"), [])
        self.assertEqual(len(self.queue("slack/sent")), 1)
        self.assertEqual(self.queue("open"), ["shop.backup-failed.json"])

    def test_it_waits_and_is_sent_by_the_next_command(self):
        sink = self.sink()
        self.slack(sink)
        sink.answer(status=500)
        done = self.failing_backup()
        self.assertEqual(done.returncode, 2)
        self.assertIn("the notification waits for slack: 500: ok\n", done.stderr)
        self.assertEqual(len(self.queue("slack/waiting")), 1)
        shown = self.run_ballast("notify")
        self.assertEqual(shown.returncode, 9)
        self.assertIn("500: ok; again in", shown.stdout)
        sink.answer()
        done = self.run_ballast("notify", "send")
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(self.queue("slack/waiting"), [])
        self.assertEqual(self.run_ballast("notify").returncode, 0)

    def test_retry_after_is_heeded(self):
        sink = self.sink()
        self.slack(sink)
        sink.answer(status=429, Retry_After="600")
        self.failing_backup()
        self.failing_backup()
        self.assertEqual(len(sink.taken), 1)
        self.assertEqual(len(self.queue("slack/waiting")), 2)

    def test_a_refusal_is_kept_and_comes_back(self):
        sink, other = self.sink(), self.sink()
        self.secret("slack-url", sink.url("/services/geheimnis"))
        self.settings("notify:\n  slack: {url-file: /etc/ballast/slack-url, severity: warn}\n"
                      f"  webhook: {{url: {other.url()}, severity: page}}\n")
        sink.answer(status=404, body=b"no_service")
        done = self.failing_backup()
        self.assertIn("slack refused the notification: 404: no_service\n", done.stderr)
        self.assertEqual(len(self.queue("slack/dead")), 1)
        labels = other.wait_for(1)[0].json()["alerts"][0]["labels"]
        self.assertEqual((labels["alertname"], labels["subject"]), ("notification-failing", "slack"))
        self.assertEqual(self.run_ballast("notify").returncode, 9)
        sink.answer()
        done = self.run_ballast("notify", "retry", "slack")
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(self.queue("slack/dead"), [])
        self.assertEqual(len(sink.taken), 2)
        self.assertEqual(other.wait_for(2)[1].json()["status"], "resolved")

    def test_a_hanging_channel_delays_no_command_and_no_other_channel(self):
        hanging, good = self.sink(), self.sink()
        hanging.answer(hangs=True)
        self.slack(hanging)
        settings = (self.root / "etc/ballast/ballast.yaml").read_text().strip()
        self.settings(settings.removesuffix("}") + f", webhook: {{url: {good.url()}}}}}\n")
        began = time.monotonic()
        done = self.failing_backup()
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertLess(time.monotonic() - began, 60)
        self.assertEqual(len(good.wait_for(1)), 1)
        self.assertEqual(len(self.queue("slack/waiting")), 1)

    def test_broken_settings_change_no_exit_status(self):
        self.settings("notify: {slak: {}}\n")
        done = self.failing_backup()
        self.assertEqual(done.returncode, 2)
        self.assertIn("no notification was sent: ", done.stderr)

    def test_json_stays_one_object(self):
        sink = self.sink()
        self.slack(sink)
        sink.answer(status=500)
        done = self.run_ballast("backup", "shop", "daily", "--json")
        self.assertEqual(done.stdout.count("\n"), 1)

    def test_nothing_is_made_without_channels(self):
        self.failing_backup()
        self.assertFalse((self.root / "var/lib/ballast/notify").exists())

    def test_the_queue_is_private(self):
        sink = self.sink()
        self.slack(sink)
        sink.answer(status=500)
        self.failing_backup()
        folder = self.root / "var/lib/ballast/notify"
        modes = {path.is_dir(): set() for path in folder.rglob("*")}
        for path in folder.rglob("*"):
            modes[path.is_dir()].add(stat.S_IMODE(path.stat().st_mode))
        self.assertEqual(modes, {True: {0o700}, False: {0o600}})
        self.assertNotIn("geheimnis", "".join(path.read_text() for path in folder.rglob("*.json")))

    def test_two_at_once_send_nothing_twice(self):
        sink = self.sink()
        self.slack(sink)
        sink.answer(status=500)
        for _ in range(5):
            self.failing_backup()
        sink.answer()
        before = len(sink.taken)
        senders = [self.start_ballast("notify", "send") for _ in range(4)]
        self.assertEqual([sender.wait(timeout=120) for sender in senders], [0, 0, 0, 0])
        self.assertEqual(len(sink.taken) - before, 5)
        self.assertEqual(self.queue("slack/waiting"), [])

    def test_a_killed_sender_repeats_at_most_one(self):
        sink = self.sink()
        self.slack(sink)
        sink.answer(hangs=True)
        sender = self.start_ballast("backup", "shop", "daily")
        sink.wait_for(1)
        sender.kill()
        sender.wait(timeout=60)
        self.assertEqual(len(self.queue("slack/waiting")), 1)
        sink.answer()
        done = self.run_ballast("notify", "send")
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(len(sink.taken), 2)
        self.assertEqual(sink.taken[0].body, sink.taken[1].body)


if __name__ == "__main__":
    unittest.main(verbosity=2)
