"""What a candidate is: the new release with all that the live one has, but for ports, names, routers and jobs."""

import pathlib
import signal
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures  # noqa: E402
from support.backups import query  # noqa: E402
from support.case import ServerCase, either_generation, must  # noqa: E402
from support.server import TWO  # noqa: E402
from support.waiting import until  # noqa: E402

GOOD1, DEAF = fixtures.tag("good1"), fixtures.tag("deaf")
POLICY = "candidate: {timeout: 60s}\nverify: {timeout: 60s, settle: 0s}\n"
# What routers go by: labels, environment variables, names of the network; in each file that Compose reads.
ROUTED = """\
    networks:
      default:
        aliases: [front]
    labels:
      traefik.enable: "true"
      traefik.http.routers.shop.rule: Host(`shop.example`)
    env_file: routes.env
    environment:
      LETSENCRYPT_HOST: shop.example
"""
OVERRIDE = """\
version: "3.8"
services:
  web:
    labels:
      caddy: shop.example
      caddy.reverse_proxy: "{{upstreams 8069}}"
"""
OWN_SETTINGS = ("HOST", "USER", "PASSWORD", "SHOP_DATABASES")


def environment(container):
    return dict(setting.split("=", 1) for setting in container["Config"]["Env"])


def volumes(container):
    return {(mount["Name"], mount["Destination"]) for mount in container["Mounts"]}


def addresses(container):
    return {network["IPAddress"] for network in container["NetworkSettings"]["Networks"].values()}


@either_generation(TWO)
class WhileItIsProved(ServerCase):
    """The tests look at one candidate, which stays deaf and so goes on being asked."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=POLICY)
        (cls.stack.directory / "routes.env").write_text("VIRTUAL_HOST=shop.example\n")
        (cls.stack.directory / "docker-compose.override.yml").write_text(OVERRIDE)
        cls.stack.edit(cls.stack.compose_path, "    environment:\n      HOST: db\n", ROUTED + "      HOST: db\n")
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))
        with engine.Events("container", f"{engine.PROJECT}={cls.stack.project}", engine.CANDIDATE) as events:
            cls.started = cls.server.start("deploy", "shop", DEAF, "--operator", "ken")
            events.wait("start")
        cls.addClassCleanup(cls.interrupt)
        cls.live = cls.stack.container("web")
        cls.candidate, = cls.stack.candidates()

    @classmethod
    def interrupt(cls):
        cls.started.signal(signal.SIGINT)
        must(cls.started.finish(), 130)

    def test_it_is_the_new_release_under_a_name_of_its_own(self):
        operation, = self.server.unfinished()
        self.assertEqual(self.candidate["Image"], self.stack.image_id(DEAF))
        self.assertEqual(self.candidate["Name"], f"/{self.stack.project}-candidate-{operation['id'].lower()}")
        labels = self.candidate["Config"]["Labels"]
        self.assertEqual((labels[engine.CANDIDATE], labels["com.docker.compose.oneoff"]), (operation["id"], "True"))

    def test_networks_environment_and_volumes_are_those_of_the_live_release(self):
        self.assertEqual(set(self.candidate["NetworkSettings"]["Networks"]),
                         set(self.live["NetworkSettings"]["Networks"]))
        theirs, ours = environment(self.live), environment(self.candidate)
        self.assertEqual({name: ours[name] for name in OWN_SETTINGS}, {name: theirs[name] for name in OWN_SETTINGS})
        self.assertEqual(volumes(self.candidate), volumes(self.live))

    def test_nothing_of_it_is_published(self):
        self.assertFalse(self.candidate["HostConfig"]["PortBindings"])
        self.assertFalse(any((self.candidate["NetworkSettings"]["Ports"] or {}).values()))

    def test_the_names_of_the_service_lead_to_the_live_release_alone(self):
        database = self.stack.container("db")["Id"]
        for name in ("web", "front"):
            found = {line.split()[0] for line in engine.execute(database, "getent", "ahostsv4", name).splitlines()}
            self.assertEqual(found, addresses(self.live), name)

    def test_no_router_takes_it(self):
        labels = self.candidate["Config"]["Labels"]
        self.assertEqual((labels["traefik.enable"], labels["caddy"], labels["caddy.reverse_proxy"]), ("false", "", ""))
        for name in ("VIRTUAL_HOST", "LETSENCRYPT_HOST"):
            self.assertEqual((environment(self.candidate)[name], environment(self.live)[name]), ("", "shop.example"))

    def test_scheduled_jobs_are_off(self):
        self.assertEqual(self.candidate["Config"]["Cmd"], [*self.live["Config"]["Cmd"], "--max-cron-threads=0"])
        before = self.job_runs(self.live)
        until(lambda: self.job_runs(self.live) > before + 1, "the live release runs its jobs")
        self.assertEqual(self.job_runs(self.candidate), 0)

    def job_runs(self, container):
        number, = query(self.stack, f"SELECT count(*) FROM job_run WHERE host = '{container['Config']['Hostname']}'")
        return int(number)

    def test_while_the_deploy_goes_on_it_is_no_trouble(self):
        told = self.assert_exit(self.server.run("status", "shop", "--json"), 0).json()["stacks"][0]
        self.assertEqual((told["tag"], told["troubles"]), (GOOD1, []))
        self.assertRegex(told["operation"], "^deploy by ken for ")


class LeftBehind(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=POLICY)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))

    def test_it_shows_in_status_until_recovery_removes_it(self):
        with engine.Events("container", f"{engine.PROJECT}={self.stack.project}", engine.CANDIDATE) as events:
            started = self.server.start("deploy", "shop", DEAF, "--operator", "ken")
            events.wait("start")
        started.kill_group()
        started.finish()
        told = self.assert_exit(self.server.run("status", "shop", "--json"), 9).json()["stacks"][0]
        self.assertEqual(told["troubles"], ["a candidate container is left",
                                            "an interrupted deploy: run `ballast recover shop`"])
        self.assert_exit(self.server.run("recover", "shop"), 0)
        self.assert_running(self.stack, "good1")
        self.assert_exit(self.server.run("status", "shop"), 0)


if __name__ == "__main__":
    case.main()
