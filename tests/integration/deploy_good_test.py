"""Good releases: the first deploy, an upgrade, the same tag again, fresh addons, and requests in flight."""

import itertools
import pathlib
import sys
import threading

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures  # noqa: E402
from support.case import QUICK, ServerCase, both_generations, either_generation, must  # noqa: E402
from support.server import TWO  # noqa: E402
from support.waiting import until  # noqa: E402

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")


def lines(stack, tag, *statuses, operator="ken"):
    return [(stack.name, tag, "prod", status, operator) for status in statuses]


@both_generations
class GoodReleases(ServerCase):
    """One stack through its life; the tests build on each other, in the order of their names."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=QUICK)
        cls.stack.offer_all()

    def test_1_first_deploy_brings_the_whole_stack_up(self):
        result = self.assert_exit(self.stack.deploy(GOOD1), 0)
        self.assertRegex(result.stderr, r"(?m)^\[ok\] back up before the change: no backup configured")
        self.assert_running(self.stack, "good1")
        self.assertEqual(sorted(one["Config"]["Labels"][engine.SERVICE] for one in self.stack.containers()),
                         ["db", "web"])
        self.assertEqual(self.server.history(), lines(self.stack, GOOD1, "deployed", "success"))

    def test_2_a_good_release_keeps_copies_of_the_files(self):
        release, = self.server.journal("select * from release where outcome = 'good'")
        copies = pathlib.Path(release["copies"])
        self.assertEqual(copies, self.server.path("var/lib/ballast/releases", self.stack.name, release["id"]))
        for path in (self.stack.compose_path, self.stack.env_path, self.stack.policy_path):
            self.assertEqual((copies / path.name).read_bytes(), path.read_bytes())
            self.assertEqual((copies / path.name).stat().st_mode & 0o777, 0o600)
        self.assertEqual(copies.stat().st_mode & 0o777, 0o700)
        self.assertEqual(release["image_id"], self.stack.image_id(GOOD1))

    def test_3_upgrade_touches_only_the_release_service(self):
        before = self.stack.container("db")
        self.assert_exit(self.stack.deploy(GOOD2, "--env", "staging"), 0)
        self.assert_running(self.stack, "good2")
        after = self.stack.container("db")
        self.assertEqual((after["Id"], after["State"]["StartedAt"]), (before["Id"], before["State"]["StartedAt"]))
        self.assertEqual(self.server.history()[2:], [(self.stack.name, GOOD2, "staging", "deployed", "ken"),
                                                     (self.stack.name, GOOD2, "staging", "success", "ken")])

    def test_4_the_same_tag_again_is_a_release_of_its_own(self):
        self.assert_exit(self.stack.deploy(GOOD2), 0)
        self.assert_running(self.stack, "good2")
        self.assertEqual(self.server.history()[4:], lines(self.stack, GOOD2, "deployed", "success"))

    def test_5_only_the_tag_line_of_env_was_changed(self):
        env = self.stack.env_path
        text = env.read_text() + "# a remark with a tail  \nEXTRA='quoted # value'\n"
        env.write_text(text)
        env.chmod(0o640)
        self.assert_exit(self.stack.deploy(GOOD1), 0)
        self.assertEqual(env.read_text(), text.replace(GOOD2, GOOD1))
        self.assertEqual(env.stat().st_mode & 0o777, 0o640)

    def test_6_a_request_in_flight_is_served_to_its_end(self):
        answers = []
        request = threading.Thread(target=lambda: answers.append(self.stack.get("/slow?seconds=14", timeout=60)))
        request.start()
        until(self._has_a_long_request, "the long request has reached the site")
        self.assert_exit(self.stack.deploy(GOOD2), 0)
        request.join()
        self.assertEqual(answers[0][0], 200, answers)
        self.assertEqual(self.stack.version(), GOOD2)

    def _has_a_long_request(self):
        """Two ends of an established connection to the web port, seen from inside the container."""
        container = self.stack.container("web")["Id"]
        table = engine.execute(container, "cat", "/proc/net/tcp", "/proc/net/tcp6")
        return any(line.split()[1].endswith(":1F85") and line.split()[3] == "01" for line in table.splitlines()
                   if line.strip()[:1].isdigit())

    def test_7_dry_run_prints_the_plan_and_changes_nothing(self):
        before = self.server.fingerprint("srv", "var")
        result = self.assert_exit(self.stack.deploy(GOOD1, "--dry-run"), 0)
        for words in ("check the host and the stack's files", f"get the image of {GOOD1}", "check the image",
                      f"prove {GOOD1} as a candidate, without traffic", f"switch web to {GOOD1}",
                      "verify through the address of users' traffic", "record the release as last good"):
            self.assertIn(words, result.stdout)
        self.assertEqual(self.server.fingerprint("srv", "var"), before)
        self.assertEqual(self.stack.version(), GOOD2)

    def test_8_json_is_one_object_on_stdout(self):
        told = self.assert_exit(self.stack.deploy(GOOD1, "--json"), 0).json()
        self.assertEqual((told["stack"], told["tag"], told["previous_tag"], told["digest"]),
                         (self.stack.name, GOOD1, GOOD2, self.stack.image_id(GOOD1)))
        self.assertEqual({check["verdict"] for check in told["checks"]}, {"pass"})

    def test_9_proving_it_starts_no_program_inside(self):
        labels = f"{engine.PROJECT}={self.stack.project}", f"{engine.SERVICE}=web"
        with engine.Events("container", *labels, seconds=600) as events:
            self.assert_exit(self.stack.deploy(GOOD1), 0)
            self.assert_exit(self.stack.deploy(GOOD2), 0)
            live = self.stack.container("web")["Id"]
            engine.pause(live)  # the mark after which nothing more belongs to the deploys
            engine.unpause(live)
            actions = [event["Action"] for event in itertools.takewhile(lambda one: one["Action"] != "pause", events)]
        self.assertEqual(actions.count("start"), 4, actions)  # each as a candidate and as itself
        programs = {action for action in actions if action.startswith("exec_create")}
        self.assertLessEqual(programs, {"exec_create: healthcheck "})  # the image's own


@case.long_form
@both_generations
class SlowStart(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy="verify: {settle: 0s}\ncandidate: {enabled: false}\n")
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))

    def test_a_release_that_needs_40_seconds_is_waited_for(self):
        self.assert_exit(self.stack.deploy(fixtures.tag("slow")), 0)
        self.assert_running(self.stack, "slow")


@either_generation(TWO)
class AnonymousVolume(ServerCase):
    """A recreate by bare Compose would keep the old anonymous volume, and so serve the old addons."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=QUICK)
        cls.stack.offer_all()
        must(cls.stack.deploy(fixtures.tag("volume1")))

    def _addons(self):
        return engine.execute(self.stack.container("web")["Id"], "sh", "-c",
                              "cd /mnt/extra-addons && cat */__init__.py")

    def test_the_new_release_serves_its_own_addons(self):
        before = self._addons()
        self.assert_exit(self.stack.deploy(fixtures.tag("volume2")), 0)
        self.assert_running(self.stack, "volume2")
        self.assertNotEqual(self._addons(), before)


if __name__ == "__main__":
    case.main()
