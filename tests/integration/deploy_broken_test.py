"""Every kind of broken release: no request fails, the old version stays, and the operator is told why."""

import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import ServerCase, both_generations, must  # noqa: E402
from support.server import TWO  # noqa: E402
from support.probe import Probe  # noqa: E402

# It settles for longer than the release lives that dies again and again.
POLICY = """\
addons: {required: [seisei_entitlements, shop_theme]}
candidate: {timeout: 12s}
verify: {timeout: 25s, settle: 5s}
"""
GOOD = fixtures.tag("good1")
# Name of the release → its whole error but for times, addresses and Compose's own words. Those that a gate of the
# image refuses are never started.
ADDONS = r"  addons /mnt/extra-addons: %s\nhint: build {tag} again with what `addons: \{{required: …\}}` names\n"
REFUSED_BY_A_GATE = {
    "noaddon": ADDONS % "seisei_entitlements: absent",
    "badmanifest": ADDONS % "shop_theme: __manifest__.py is not a literal dictionary: it holds more than literals",
    "wronglabel": r"  revision-label {tag}: the image was built from 00000000000000000000000000000000000f00d1\n"
                  r"hint: the tag was put on another build: build and push commit bad0008 again\n",
}
NOT_GOOD = "release {{tag}} of shop does not verify as a candidate: {}; shop was not touched\n"
NOT_IN_TIME = NOT_GOOD.format("not good within 12 s")
REFUSED = r"  web-health: connection refused \(the candidate's own address [\d.]+:8069\)\n"
EXITED = r"  container-running \S+-candidate-\S+: exited \(1\), 0 restarts\n"
LOGIN_FAILS = NOT_IN_TIME + r"  web-asset /web/login: 500 in \d+ ms\n  web-login shop: 500 in \d+ ms\n"
AGAIN = "hint: mend the release, give it a new tag, deploy again\n"
FAILS_AS_A_CANDIDATE = {
    "dies": NOT_GOOD.format(r"its container exited \(1\)") + f"({EXITED})?({REFUSED})?" + AGAIN,
    "health500": NOT_IN_TIME + r"  web-health: 500 in \d+ ms\n" + AGAIN,
    "deaf": NOT_IN_TIME + REFUSED + AGAIN,
    "column": LOGIN_FAILS + AGAIN,
    # Its files changed, so that it is upgraded, on a copy first.
    "import": r"the rehearsal of {tag} failed: shop: it ended with exit status 255: shop_theme: Failed to load registry "
              r"\(ModuleNotFoundError: .*\); shop was not touched\n(  shop: .*\n)+"
              r"hint: all that it found is in \S+; mend the release, give it a new tag\n",
    "noexec": r"starting the candidate failed: \S+ ended with exit status 1; shop was not touched\n"
              r"(  .+\n)*  .*/entrypoint\.sh.*permission denied.*\n(  .+\n)*"
              r"hint: its last words are above; try it by hand in \S+/srv/stacks/shop\n",
    "crashloop": NOT_GOOD.format(r"it did not stay up: its container is \w+ after \d+ restarts?") + AGAIN,
    "badupgrade": LOGIN_FAILS + AGAIN,
}
GOOD_ONES = {"good1", "good2", "slow", "volume1", "volume2"}


@both_generations
class BrokenReleases(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=POLICY)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD))
        cls.history = cls.server.history()
        cls.live = cls.stack.container("web")["Id"]
        cls.files = cls.server.fingerprint("srv/stacks", "srv/deployments/last_good_sha")

    def setUp(self):
        names = sorted(name for name in dir(BrokenReleases) if name.startswith("test_"))
        if not case.LONG and TWO.present and names.index(self._testMethodName) % 2 == (self.generation is TWO):
            self.skipTest("with the other generation in the short form, with both in the long one")

    def deploy_while_probed(self, name):
        """Deploys a broken release under a probe, and asserts all that holds of every one of them."""
        with Probe(self.stack.url + "/web/login") as probe:
            result = self.stack.deploy(fixtures.tag(name))
        report = probe.report()
        self.assertEqual(report.failures(), {}, result)
        self.assertGreater(report.ok, 5)  # a site that was not asked cannot fail
        self.assertEqual(self.stack.version(), GOOD)
        self.assertEqual(self.stack.container("web")["Id"], self.live, "the live container was touched")
        self.assertEqual(self.server.fingerprint("srv/stacks", "srv/deployments/last_good_sha"), self.files)
        self.assert_nothing_left(self.stack)
        self.assertNotIn(fixtures.read_env(self.stack.env_path)["POSTGRES_PASSWORD"], result.stdout + result.stderr)
        return result

    def new_history(self):
        new = self.server.history()[len(self.history):]
        type(self).history = self.server.history()
        return new

    def test_every_broken_tag_of_the_table_is_tried(self):
        tried = {*REFUSED_BY_A_GATE, *FAILS_AS_A_CANDIDATE}
        self.assertEqual(set(fixtures.tags()) - GOOD_ONES - fixtures.changes_of_databases(), tried)

    def test_the_last_words_of_the_candidate_are_shown_without_the_password(self):
        result = self.assert_exit(self.deploy_while_probed("dies"), 4)
        self.assertRegex(result.stderr, r"log: .*connecting to db with password \*\*\*")
        self.assertIn("RuntimeError: cannot import name 'Payment'", result.stderr)
        self.assertEqual(len(self.new_history()), 1)


def _refused(name, check):
    def test(self):
        result = self.assert_exit(self.deploy_while_probed(name), 3)
        self.assertRegex(result.error, r"\Aerror: a gate refuses the deploy of shop; nothing was changed\n"
                                       rf"{check.format(tag=fixtures.tag(name))}\Z")
        self.assertEqual(self.new_history(), [])
    return test


def _fails(name, error):
    def test(self):
        tag = fixtures.tag(name)
        result = self.assert_exit(self.deploy_while_probed(name), 4)
        self.assertRegex(result.error, rf"\Aerror: {error.format(tag=tag)}\Z")
        self.assertEqual(self.new_history(), [(self.stack.name, tag, "prod", "failed", "ken")])
    return test


for _name, _check in REFUSED_BY_A_GATE.items():
    setattr(BrokenReleases, f"test_{_name}", _refused(_name, _check))
for _name, _error in FAILS_AS_A_CANDIDATE.items():
    setattr(BrokenReleases, f"test_{_name}", _fails(_name, _error))


if __name__ == "__main__":
    case.main()
