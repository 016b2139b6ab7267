"""A server with a gate, its keys and what they may do, for the tests of the gate."""

import json
import time

from support.case import ServerCase
from support.gateway import Gateway

QUICK = "env: prod\nverify: {timeout: 15s, settle: 0s}\n"
ACCESS = """\
keys:
  ci:
    key: "{ci}"
    stacks: [shop]
    verbs: [deploy, rollback, status, history, verify]
    environments: [prod]
    older: refuse
  looks:
    key: "{looks}"
    stacks: [shop]
    verbs: [status]
  seldom: {{key: "{seldom}", stacks: [shop], verbs: [status], rate: 2 per day}}
  elsewhere: {{key: "{elsewhere}", stacks: [shop], verbs: [status], from: 192.0.2.0/24}}
  never: {{key: "{never}", stacks: [shop], verbs: [status], hours: {closed}}}
  staging: {{key: "{staging}", stacks: [shop], verbs: [deploy], environments: [staging]}}
"""
NAMES = ("ci", "looks", "seldom", "elsewhere", "never", "staging", "stranger")


def closed_hours():
    """An hour that is not this one."""
    hour = (time.gmtime().tm_hour + 12) % 24
    return f'"{hour:02}:00-{hour:02}:30 UTC"'


class GateCase(ServerCase):
    with_daemon = True

    @classmethod
    def prepare(cls):
        cls.shop = cls.server.stack("plain", name="shop", tag="v1", policy=QUICK, API_TOKEN="kept-to-myself")
        for tag in ("v2", "v3bad"):
            cls.shop.offer(tag)
        cls.gate = Gateway(cls.server)
        cls.addClassCleanup(cls.gate.close)
        for name in NAMES:
            cls.gate.key(name)
        cls.gate.authorize(*(cls.gate.key(name).line() for name in NAMES))
        cls.allow()
        if cls.with_daemon:
            cls.daemon = cls.gate.start_daemon()

    @classmethod
    def allow(cls, text=ACCESS):
        cls.gate.allow(text.replace("{closed}", closed_hours()))

    def call(self, command, key="ci", status=0):
        return self.assert_exit(self.gate.ssh(key, command), status)

    def assert_refused(self, command, reason, hint, key="ci"):
        result = self.call(command, key, status=3)
        self.assertEqual(result.stderr, f"error: the gate refuses: {reason}\nhint: {hint}\n")
        self.assertEqual(result.stdout, "")

    def records(self):
        """Of the gate, oldest first."""
        return [json.loads(row["content"]) for row in
                self.server.journal("select content from audit where kind = 'gate' order by number")]

    def operation(self):
        newest = self.server.journal("select kind, operator, request from operation order by started desc, id desc limit 1")
        return newest[0]["kind"], newest[0]["operator"], json.loads(newest[0]["request"])

    def operations(self):
        return len(self.server.journal("select id from operation"))

    def served(self):
        return self.shop.get("/")[1].split()[1]
