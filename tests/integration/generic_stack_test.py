"""A stack that is not Odoo: everything inferred, no candidate, verified by its port and by the policy's pages."""

import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case  # noqa: E402
from support.case import ServerCase, either_generation  # noqa: E402
from support.server import ONE, TWO  # noqa: E402

PLAIN = "verify: {timeout: 15s, settle: 1s}\n"
WITH_PAGE = "verify: {timeout: 6s, settle: 1s, urls: [/]}\n"


@either_generation(ONE)
class PlainStack(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack("plain", tag="v1", policy=PLAIN)
        cls.stack.offer("v2")
        cls.stack.offer("v3bad")

    def served(self):
        return self.stack.get("/")[1].split()[1]

    def test_1_deploy(self):
        self.assert_exit(self.stack.deploy("v1"), 0)
        self.assertEqual(self.served(), "v1")

    def test_2_upgrade_without_candidate(self):
        result = self.assert_exit(self.stack.deploy("v2"), 0)
        self.assertNotIn("candidate", result.stderr)
        self.assertEqual(self.served(), "v2")
        self.assertEqual([entry[1::2] for entry in self.server.history()],
                         [("v1", "deployed"), ("v1", "success"), ("v2", "deployed"), ("v2", "success")])

    def test_3_a_page_of_the_policy_that_fails_undoes_it(self):
        self.stack.set_policy(WITH_PAGE)
        result = self.assert_exit(self.stack.deploy("v3bad"), 4)
        self.assertRegex(result.error, r"(?m)^  port-open: 500 in ")
        self.assertEqual(self.served(), "v2")
        self.assertEqual(self.server.last_good("plain"), "v2\n")

    def test_4_with_a_candidate_it_takes_no_traffic(self):
        self.stack.set_policy(WITH_PAGE + "candidate: {enabled: true, timeout: 6s}\n")
        live = self.stack.container("site")["Id"]
        self.assert_exit(self.stack.deploy("v3bad"), 4)
        self.assertEqual(self.stack.container("site")["Id"], live)
        self.assertEqual(self.stack.candidates(), [])

    def test_5_rollback(self):
        self.stack.set_policy(PLAIN)
        self.assert_exit(self.stack.rollback(), 0)
        self.assertEqual(self.served(), "v1")

    def test_6_any_tag_but_latest(self):
        self.stack.offer("latest", "v1")
        result = self.assert_exit(self.stack.deploy("latest"), 3)
        self.assertIn("tag-pattern latest: `latest` means another image every day", result.error)


    def test_7_the_environment_is_the_policys_unless_it_is_given(self):
        self.stack.set_policy(PLAIN + "env: staging\n")
        known = len(self.server.history())
        self.assert_exit(self.stack.deploy("v2"), 0)
        self.assert_exit(self.stack.deploy("v1", "--env", "test"), 0)
        self.assert_exit(self.stack.rollback(), 0)
        self.assertEqual([entry[2] for entry in self.server.history()[known:]],
                         ["staging"] * 2 + ["test"] * 2 + ["staging"] * 2)


@either_generation(TWO)
class Tenants(ServerCase):
    """Several databases on one server: each is logged in to."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack("tenants", policy=case.QUICK)
        cls.stack.offer_all()

    def test_every_database_is_verified(self):
        for name in ("good1", "good2"):
            told = self.assert_exit(self.stack.deploy(case.fixtures.tag(name), "--json"), 0).json()
            logins = [check["subject"] for check in told["checks"] if check["name"] == "web-login"]
            self.assertEqual(logins, ["ten_a", "ten_b", "ten_c"])

    def test_one_that_the_policy_leaves_out_is_not_asked(self):
        self.stack.set_policy(case.QUICK + 'database: {exclude: ["ten_[abc]", "*_b"]}\n')
        told = self.assert_exit(self.server.run("verify", "tenants", "--json"), 0).json()
        self.assertEqual([check["subject"] for check in told["checks"] if check["name"] == "web-login"],
                         ["ten_a", "ten_c"])


if __name__ == "__main__":
    case.main()
