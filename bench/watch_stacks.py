"""What the parts of `bench/watch` share: a server whose daemon tells one sink, and the sink's clock."""

import json
import socket
import time

from support import fixtures, sinks
from support.case import must
from support.waiting import TooLate, until

INTERVAL = 5
TAG = fixtures.tag("good1")
# Nothing that the record of a server gathers, as it has none; each of the others at once.
POLICY = """\
verify: {timeout: 60s, settle: 0s}
candidate: {enabled: false}
backup: {before-deploy: off}
alerts:
  container-down: {for: 0s}
  db-connection: {for: 0s}
  health-check-fail: {for: 0s}
  disk-full: {over: 90%, for: 0s}
  backup-overdue: {enabled: false}
  drill-overdue: {enabled: false}
  not-ready-to-roll-back: {enabled: false}
"""


class TimedSink(sinks.HttpSink):
    """Notes when each request had arrived as a whole."""

    def keep(self, what):
        what.arrived = time.monotonic()
        super().keep(what)

    def first(self, accepts, seconds):
        """The moment at which the first arrived that is accepted."""
        return until(lambda: next((one.arrived for one in list(self.taken) if accepts(one.json())), None),
                     f"a message; so far {[one.json() for one in self.taken]}", seconds=seconds, pause=0.02)


def write_settings(server, sink):
    folder = server.path("etc/ballast")
    folder.mkdir(parents=True)
    secret = folder / "slack-url"
    secret.write_text(sink.url("/services/T0/B0/secret") + "\n")
    secret.chmod(0o600)
    folder.joinpath("ballast.yaml").write_text(
        f"watch: {{interval: {INTERVAL}s, flap-hold: 0s, remind: 0s}}\nmetrics: {{listen: off}}\n"
        "notify: {slack: {url-file: /etc/ballast/slack-url, severity: [page, warn, info]}}\n")


def deployed(server, name, policy=POLICY):
    stack = server.stack(name=name, policy=policy)
    must(stack.deploy(TAG))
    return stack


def firing(server):
    """What the daemon holds to be wrong now; None as long as it has not looked at every stack."""
    with socket.socket(socket.AF_UNIX) as asked:
        asked.connect(str(server.path("run/ballast/control.sock")))
        asked.sendall(b'{"ask":"status"}\n')
        told = json.loads(asked.makefile().readline())
    if all(stack["looked_at"] for stack in told["stacks"]):
        return [f"{alert['title']}: {alert['stack']} {alert['subject']}" for alert in told["alerts"]]
    return None


def wait_until_quiet(server):
    try:
        until(lambda: firing(server) == [], "the daemon finds nothing wrong", seconds=120, pause=0.2)
    except TooLate as late:
        raise TooLate(f"{late}; it finds {firing(server)}") from None
