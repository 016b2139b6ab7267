"""Images from a registry: pulled, known by digest, and every way in which that can go wrong."""

import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, must  # noqa: E402
from support.registry import Registry  # noqa: E402

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")
UNKNOWN = "sha-0000000"


class FromRegistry(ServerCase):
    @classmethod
    def prepare(cls):
        cls.registry = Registry(cls.server.path("registry"))
        cls.addClassCleanup(cls.registry.stop)
        for tag in (GOOD1, GOOD2):
            cls.registry.publish(tag)
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE, repository=cls.registry.repository)
        must(cls.stack.deploy(GOOD1))

    def setUp(self):
        if self.stack.version() != GOOD1:
            must(self.stack.deploy(GOOD1))

    def newest_release(self):
        return self.server.journal("select * from release order by number desc limit 1")[0]

    def refused(self, tag):
        before = self.server.fingerprint()
        result = self.assert_exit(self.stack.deploy(tag), 3)
        self.assertEqual(self.server.fingerprint(), before)
        self.assertEqual(self.stack.version(), GOOD1)
        return result

    def test_1_it_is_pulled_and_its_digest_recorded(self):
        self.assertIsNone(self.stack.image_id(GOOD2))
        result = self.assert_exit(self.stack.deploy(GOOD2), 0)
        self.assertRegex(result.stderr, rf"(?m)^\[ok\] get the image of {GOOD2}: {self.registry.digest(GOOD2)[:19]}\b")
        release = self.newest_release()
        self.assertEqual(release["repo_digest"], f"{self.registry.repository}@{self.registry.digest(GOOD2)}")
        self.assertEqual(release["image_id"], self.stack.image_id(GOOD2))

    def test_2_a_tag_that_the_registry_does_not_have(self):
        result = self.refused(UNKNOWN)
        self.assertEqual(result.error, f"error: no image {self.registry.repository}:{UNKNOWN} in the registry "
                                       f"127.0.0.1:{self.registry.port}\nhint: check that the build pushed this tag\n")

    def test_5_a_tag_that_moved_is_refused_and_still_means_what_ran(self):
        image = self.stack.image_id(GOOD1)
        digest = self.newest_release()["repo_digest"].rpartition("@")[2]
        self.registry.publish(GOOD1)
        result = self.refused(GOOD1)
        self.assertRegex(result.error, rf"\n  moved-tag {GOOD1}: was {digest[:19]}, is now sha256:[0-9a-f]{{12}}\n")
        self.assertEqual(self.stack.image_id(GOOD1), image)
        self.assert_exit(self.stack.deploy(GOOD1, "--override", "moved-tag", "--reason", "the build was repeated"), 0)
        self.assertNotEqual(self.stack.image_id(GOOD1), image)

    def test_3_the_registry_is_down(self):
        self.registry.stop()
        self.addCleanup(self.registry.start)
        result = self.refused(UNKNOWN)
        self.assertRegex(result.error, rf"\Aerror: the registry 127\.0\.0\.1:{self.registry.port} does not answer: .+\n"
                                       r"hint: try again when it is back; what runs is not touched\n\Z")
        result = self.assert_exit(self.stack.deploy(GOOD1), 0)
        self.assertRegex(result.stderr, rf"(?m)^ *the registry 127\.0\.0\.1:{self.registry.port} does not answer: .*; "
                                        r"the image that is here is used$")

    def test_6_a_way_back_whose_image_is_nowhere_is_refused(self):
        must(self.stack.deploy(GOOD2))
        engine.remove_image(f"{self.registry.repository}:{GOOD1}")
        self.registry.stop()
        self.addCleanup(self.registry.start)
        before = self.server.fingerprint()
        result = self.assert_exit(self.stack.rollback(), 3)
        self.assertRegex(result.error, rf"\Aerror: the registry 127\.0\.0\.1:{self.registry.port} does not answer: .+\n"
                                       r"hint: try again when it is back; what runs is not touched\n\Z")
        self.assertEqual(self.server.fingerprint(), before)
        self.assertEqual(self.stack.version(), GOOD2)

    def test_4_an_image_that_is_gone_is_pulled_by_digest_for_the_way_back(self):
        must(self.stack.deploy(GOOD2))
        image = self.stack.image_id(GOOD1)
        engine.remove_image(f"{self.registry.repository}:{GOOD1}")
        self.assertIsNone(engine.image(image))
        told = self.assert_exit(self.server.run("status", "shop", "--json"), 0).json()["stacks"][0]["rollback"]
        self.assertEqual((told["ready"], told["because"]), ("unknown", f"the image of {GOOD1} must be pulled first"))
        self.registry.publish(GOOD1)  # the tag means something else by now: it is the digest that counts
        self.assert_exit(self.stack.rollback(), 0)
        self.assertEqual(self.stack.container("web")["Image"], image)
        self.assertEqual(self.stack.image_id(GOOD1), image)
        self.assert_running(self.stack, "good1")


class Unauthorised(ServerCase):
    @classmethod
    def prepare(cls):
        cls.registry = Registry(cls.server.path("registry"), auth="ken:secret-word")
        cls.addClassCleanup(cls.registry.stop)
        cls.registry.publish(GOOD1)
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE, repository=cls.registry.repository)

    def test_1_without_credentials(self):
        before = self.server.fingerprint()
        result = self.assert_exit(self.stack.deploy(GOOD1), 3)
        registry = f"127.0.0.1:{self.registry.port}"
        self.assertRegex(result.error, rf"\Aerror: the registry {registry} does not let us pull {registry}/shop:{GOOD1}: .+\n"
                                       rf"hint: log in as the user who runs ballast: docker login {registry}\n\Z")
        self.assertEqual(self.server.fingerprint(), before)

    def test_2_with_credentials_of_docker_login(self):
        home = self.server.path("home")
        (home / ".docker").mkdir(parents=True)
        case.write_credentials(home / ".docker/config.json", f"127.0.0.1:{self.registry.port}", "ken:secret-word")
        result = self.stack.deploy(GOOD1, environment={"HOME": str(home)})
        self.assert_exit(result, 0)
        self.assertNotIn("secret-word", result.stdout + result.stderr)


if __name__ == "__main__":
    case.main()
