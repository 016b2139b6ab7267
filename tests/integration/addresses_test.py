"""Where a release is asked: through the router that the policy names, else the published port, else the container."""

import http.server
import pathlib
import sys
import threading

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case  # noqa: E402
from support.case import ServerCase, must  # noqa: E402
from support.server import get  # noqa: E402

SITE = "shop.example"


class Router(http.server.ThreadingHTTPServer):
    """Knows one site by its name, and has no way to one version of it."""

    def __init__(self, stack, without):
        super().__init__(("127.0.0.1", 0), Route)
        self.stack, self.without = stack, without
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Route(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.headers["Host"] != SITE:
            return self._answer(404, "no such site")
        status, text = get(self.server.stack.url + self.path)
        if status == 0 or self.server.without in text:
            return self._answer(502, "no way")
        return self._answer(status, text)

    def _answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *ignored):
        """The tests tell enough."""


class BehindARouter(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack("plain", tag="v1")
        cls.stack.offer("v2")
        cls.router = Router(cls.stack, without="plain v2 ")
        cls.addClassCleanup(cls.router.close)
        cls.stack.set_policy(f"url: {cls.router.url}\nhost: {SITE}\nverify: {{timeout: 5s, settle: 0s, urls: [/]}}\n")
        must(cls.stack.deploy("v1"))

    def test_the_router_is_asked_by_the_name_of_the_site(self):
        result = self.assert_exit(self.server.run("verify", "plain"), 0)
        self.assertEqual(result.stdout.splitlines()[1], f"  asked through {self.router.url} as {SITE}")

    def test_a_release_that_the_router_does_not_reach_is_undone(self):
        result = self.assert_exit(self.stack.deploy("v2"), 4)
        first, *rest = result.error.splitlines()
        self.assertEqual(first, f"error: release v2 of plain does not verify at {self.router.url} as {SITE}: "
                                "not good within 5 s; plain runs v1 again")
        self.assertTrue(any(line.startswith("  port-open: 502 in ") for line in rest), result)
        self.assertEqual(get(self.stack.url)[1].split()[1], "v1")

    def test_without_the_name_it_is_not_reached(self):
        text = self.stack.policy_path.read_text()
        self.stack.set_policy(text.replace(f"host: {SITE}\n", ""))
        self.addCleanup(self.stack.set_policy, text)
        result = self.assert_exit(self.server.run("verify", "plain"), 8)
        self.assertRegex(result.stdout, r"(?m)^  fail +urls +/ +404 in ")


class NothingIsPublished(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack("plain", tag="v1",
                                     policy="port: 8080\nverify: {timeout: 15s, settle: 0s, urls: [/]}\n")
        cls.stack.edit(cls.stack.compose_path, '    ports:\n      - "127.0.0.1:${PLAIN_PORT}:8080"\n', "")

    def test_the_container_itself_is_asked_and_that_is_said(self):
        words = r"the container's own address \(no port is published\) [\d.]+:8080"
        result = self.assert_exit(self.stack.deploy("v1"), 0)
        self.assertRegex(result.stderr, rf"(?m)^\[ok\] verify through the address of users' traffic: \d checks pass at {words}")
        result = self.assert_exit(self.server.run("verify", "plain"), 0)
        self.assertRegex(result.stdout.splitlines()[1], rf"^  asked through {words}$")


if __name__ == "__main__":
    case.main()
