"""`ballast rehearse`: a release put on trial on copies, which reach nobody, cost production nothing and leave nothing."""

import contextlib
import json
import pathlib
import re
import signal
import subprocess
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures  # noqa: E402
from support.backups import post, query  # noqa: E402
from support.damage import rewrite  # noqa: E402
from support.probe import Probe  # noqa: E402
from support.upgrades import (BACKED_UP, GOOD1, OPERATION, TENANTS, UPGRADE1, MailSink, UpgradeCase,  # noqa: E402
                              database_names, upload_to)

SECOND, LEFT = fixtures.tag("upsecond"), fixtures.tag("upleft")
HIDDEN = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /var/lib/docker/volumes && exec "$@"', "sh"]
JOBS_OF_OTHERS = "select count(*) from job_run where host not in ({})"


def is_database_server(container):
    return "POSTGRES_USER=ballast_drill" in container["Config"]["Env"]


class RehearseCase(UpgradeCase):
    policy = BACKED_UP
    tags = ("good1", "upgrade1", "upsecond", "upleft")

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.backups = cls.server.path("srv/backups/tenants")
        cls.set = case.must(cls.server.run("backup", "tenants", "--json")).json()["id"]

    def rehearse(self, tag, *options, status=0, **more):
        result = self.server.run("rehearse", "tenants", tag, "--operator", "ken", *options, "--json", **more)
        return json.loads(self.assert_exit(result, status).stdout)

    def of_rehearsals(self):
        ours = {row["id"] for row in self.server.journal("select id from operation where kind = 'rehearse'")}
        return [one for one in engine.containers(OPERATION) if one["Config"]["Labels"][OPERATION] in ours]

    def is_release(self, event):
        """The release itself, on the copies."""
        return any(one["Id"] == event["Actor"]["ID"] and one["Image"] == self.stack.image_id(UPGRADE1)
                   and not {"-u", "neutralize"} & set(one["Config"]["Cmd"] or []) for one in self.of_rehearsals())

    def is_upgrade(self, event):
        return any(one["Id"] == event["Actor"]["ID"] and "-u" in (one["Config"]["Cmd"] or [])
                   for one in self.of_rehearsals())

    def is_server(self, event):
        return any(one["Id"] == event["Actor"]["ID"] and is_database_server(one) for one in self.of_rehearsals())

    @contextlib.contextmanager
    def halted_at(self, accept, *options):
        """The program stands still while the block looks at what it has made; then it goes on to its end."""
        with engine.Events("container", OPERATION) as events:
            run = self.server.start("rehearse", "tenants", UPGRADE1, "--operator", "ken", *options)
            events.wait("start", accept)
            run.signal(signal.SIGSTOP)
            try:
                yield run
            finally:
                run.signal(signal.SIGCONT)

    def copy_server(self):
        server, = [one for one in self.of_rehearsals() if is_database_server(one)]
        return server["Id"]

    def in_copy(self, database, sql):
        return engine.execute(self.copy_server(), "psql", "-XqAt", "-P", "pager=off", "-U", "ballast_drill", "-d", database, "-c", sql).strip()

    def layer(self):
        release, = [one for one in self.of_rehearsals() if one["State"]["Running"]
                    and any(mount.get("Name", "").startswith("ballast-layer-") for mount in one["Mounts"])]
        return release, next(mount for mount in release["Mounts"] if mount["Destination"] == "/var/lib/odoo")

    def live_filestore(self):
        mount, = [one for one in self.stack.container("web")["Mounts"] if one["Destination"] == "/var/lib/odoo"]
        return pathlib.Path(mount["Source"])

    def live_files(self):
        return sorted(str(path) for path in (self.live_filestore() / "filestore").rglob("*"))

    def assert_no_trace(self):
        """No container, volume, mount, folder; and the tags mean what they meant."""
        self.assertEqual([one["Name"] for one in self.of_rehearsals()], [])
        volumes = subprocess.run(["docker", "volume", "ls", "-q", "--filter", f"label={OPERATION}"], check=True,
                                 capture_output=True, text=True).stdout.split()
        ours = {f"ballast-layer-{row['id'].lower()}" for row in self.server.journal("select id from operation")}
        self.assertEqual([name for name in volumes if name in ours], [])
        self.assertNotIn(str(self.backups), pathlib.Path("/proc/mounts").read_text())
        self.assertEqual(list((self.backups / "incoming").iterdir()), [])
        self.assertEqual(database_names(self.stack), list(TENANTS))
        self.assert_nothing_left(self.stack)


class Rehearsed(RehearseCase):
    def test_a_good_release(self):
        web = self.stack.container("web")["Id"]
        with Probe(f"{self.stack.url}/shop/orders?db=ten_a") as probe:
            report = self.rehearse(UPGRADE1)
        self.assertEqual(probe.report().failures(), {})
        self.assertGreater(probe.report().ok, 20)
        self.assertEqual((report["schema"], report["passed"], report["set"], report["tag"], report["exit"]),
                         ("ballast.rehearsal/1", True, self.set, UPGRADE1, 0))
        self.assertEqual([one["database"] for one in report["databases"]], list(TENANTS))
        for one in report["databases"]:
            self.assertEqual((one["passed"], one["upgraded"], one["left"]), (True, True, []))
            self.assertIn("res_users: column colour gone, theme new", one["changes"])
            self.assertRegex("\n".join(one["checks"]), rf"(?m)^web-login {one['database']}: 200 in ")
        parts = report["outage"]
        self.assertEqual(report["expected_outage_ms"], sum(parts.values()))
        for part in ("stop_ms", "copy_ms", "upgrade_ms", "candidate_ms", "release_ms", "compose_ms"):
            self.assertGreater(parts[part], 0, part)
        self.assertEqual(self.stack.container("web")["Id"], web)
        self.assertIn("- result: passed\n", (self.backups / "rehearsals" / f"{report['id']}.md").read_text())
        self.assert_no_trace()
        self.assert_tenants_run("good1")

    def test_one_database_that_fails_keeps_nobody_else(self):
        history = self.server.history()
        report = self.rehearse(SECOND, status=8)
        self.assertEqual([(one["database"], one["passed"]) for one in report["databases"]],
                         [("ten_a", True), ("ten_b", False), ("ten_c", True)])
        self.assertRegex(report["trouble"], r"^ten_b: it ended with exit status 255: ")
        self.assertIsNone(report["expected_outage_ms"])
        self.assertEqual(self.server.history(), history)
        self.assert_no_trace()

    def test_what_is_left_is_found_though_it_ended_with_0(self):
        report = self.rehearse(LEFT, status=8)
        for one in report["databases"]:
            self.assertEqual(one["trouble"], "it ended with 0, but left modules behind: bus (to upgrade)")
        self.assert_no_trace()

    @case.long_form
    def test_nothing_due_is_run_all_the_same(self):
        report = self.rehearse(GOOD1)
        self.assertEqual([(one["passed"], one["upgraded"]) for one in report["databases"]], [(True, False)] * 3)
        self.assert_no_trace()

    def test_for_people(self):
        result = self.assert_exit(self.server.run("rehearse", "tenants", UPGRADE1, "--operator", "ken"), 0)
        self.assertRegex(result.stdout, rf"\Atenants {UPGRADE1} on copies of {self.set}: passed\n")
        self.assertRegex(result.stdout, r"(?m)^database +result +upgrade +warnings +errors +left +changes +checks *$")
        self.assertRegex(result.stdout, r"(?m)^ten_b +passed +")
        self.assertRegex(result.stdout, r"(?m)^  expected outage .*: stop .* \+ copies .* \+ upgrade ")


@case.long_form
class OfAnOlderSet(RehearseCase):
    def test_the_copies_are_asked_what_is_due_in_them(self):
        self.deploy("upgrade1", "--upgrade", "all")
        report = self.rehearse(UPGRADE1, "--set", self.set)
        self.assertEqual([(one["passed"], one["upgraded"]) for one in report["databases"]], [(True, True)] * 3)
        self.assert_nothing_left(self.stack)


class Refused(RehearseCase):
    def refused(self, text, *options):
        result = self.server.run("rehearse", "tenants", UPGRADE1, "--operator", "ken", *options)
        self.assertRegex(self.assert_exit(result, 3).error, text)
        self.assert_no_trace()

    @contextlib.contextmanager
    def other_set(self, change):
        folder = self.backups / "sets" / self.set
        whole = (folder / "manifest.json").read_text()
        rewrite(folder, change)
        try:
            yield
        finally:
            (folder / "manifest.json").write_text(whole)

    def test_no_room(self):
        def all_large(manifest):
            for one in manifest["databases"]:
                one["size"] = 10**15
        with self.other_set(all_large):
            self.refused(r"\Aerror: not enough space for a rehearsal on the file system of \S+: 2\.0 PB needed for the "
                         r"smallest database, .* may be used; nothing was rehearsed\nhint: free some: ballast prune tenants "
                         r"--dry-run\n\Z")

    def test_one_that_has_no_room(self):
        with self.other_set(lambda manifest: manifest["databases"][1].update(size=10**15)):
            report = self.rehearse(UPGRADE1, status=8)
        self.assertEqual([one["passed"] for one in report["databases"]], [True, False, True])
        self.assertEqual(report["trouble"], "ten_b: there is no room for a copy: it may take 2.0 PB")
        self.assert_no_trace()

    def test_little_memory(self):
        self.addCleanup(self.stack.set_policy, self.policy)
        self.stack.set_policy(self.policy + "gates: {memory-available: 900TB}\n")
        self.refused(r"\Aerror: .* of memory available, the limit is 900\.0 TB; nothing was rehearsed\n")

    @case.long_form
    def test_the_image_of_the_set_is_gone(self):
        """The new one neutralises them, once they are upgraded; before it is started."""
        with self.other_set(lambda manifest: manifest["release"].update(image_id="sha256:" + "0" * 64)):
            with self.halted_at(self.is_release) as run:
                for name in TENANTS:
                    self.assertEqual(self.in_copy(name, "select count(*) from ir_cron where active and code <> 'autovacuum'"),
                                     "0")
            self.assert_exit(run.finish(), 0)
        self.assert_no_trace()

    def test_no_backup(self):
        sets = self.backups / "sets"
        sets.rename(self.backups / "aside")
        try:
            self.refused(r"\Aerror: tenants has no complete backup set that copies could be made of; nothing was rehearsed\n"
                         r"hint: make one: ballast backup tenants\n\Z")
        finally:
            if sets.exists():
                sets.rmdir()
            (self.backups / "aside").rename(sets)

    def test_bad_words(self):
        for words in (["no-such-stack", UPGRADE1], ["tenants", "a b"], ["tenants", UPGRADE1, "--upgrade", "no_such_module"],
                      ["tenants", UPGRADE1, "--set", "nowhere"]):
            self.assert_exit(self.server.run("rehearse", *words, "--operator", "ken"), 2)
        self.assert_no_trace()


class ShutIn(RehearseCase):
    """No job of a copy runs, no mail leaves it, and what it writes is thrown away."""

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.sink = MailSink()
        cls.addClassCleanup(cls.sink.close)
        cls.sink.give_to(cls.stack)
        cls.collected = upload_to(cls.stack, "ten_a", "collected", b"named by the set, collected since")["store_fname"]
        number, = query(cls.stack, "select id from ir_attachment where name = 'collected'", "ten_a")
        cls.set = case.must(cls.server.run("backup", "tenants", "--json")).json()["id"]
        post(cls.stack, f"/shop/delete?db=ten_a&id={number}")
        post(cls.stack, "/shop/gc?db=ten_a")

    def hosts(self):
        known = {self.stack.container("web")["Config"]["Hostname"]}
        for name in TENANTS:
            known |= set(query(self.stack, "select distinct host from job_run", name))
        return known

    def test_no_job_and_no_mail(self):
        live = self.live_files()
        hosts = self.hosts()
        listed = ", ".join(f"'{host}'" for host in hosts)
        with self.halted_at(self.is_release) as run:
            time.sleep(4)  # a job each second, were there any
            for name in TENANTS:
                self.assertEqual(self.in_copy(name, JOBS_OF_OTHERS.format(listed)), "0")
                self.assertEqual(self.in_copy(name, "select count(*) from ir_mail_server where active and smtp_host <> "
                                                    "'invalid'"), "0")
            self.assert_beneath_a_layer()
            self.assert_shut_in()
        self.assert_exit(run.finish(), 0)
        self.assertLessEqual({host for _, host in self.sink.senders()}, hosts)
        self.assertGreater(len(self.sink.senders()), 0, "else this proves nothing")
        self.assertEqual(self.live_files(), live)
        self.assert_no_trace()

    def assert_beneath_a_layer(self):
        release, mount = self.layer()
        upper = next((self.backups / "incoming").glob("*/*/upper"))
        self.assertTrue((upper / "filestore/ten_a" / self.collected).exists(), "out of the pool")
        self.assertFalse((self.live_filestore() / "filestore/ten_a" / self.collected).exists())
        engine.execute(release["Id"], "sh", "-c", "echo written > /var/lib/odoo/filestore/ten_b/of-the-copy")
        self.assertTrue((upper / "filestore/ten_b/of-the-copy").exists())
        self.assertFalse((self.live_filestore() / "filestore/ten_b/of-the-copy").exists())
        self.assertEqual(mount["Type"], "volume")

    def assert_shut_in(self):
        containers = self.of_rehearsals()
        server, = [one for one in containers if is_database_server(one)]
        self.assertEqual(server["HostConfig"]["NetworkMode"], "none")
        self.assertEqual({one["HostConfig"]["NetworkMode"] for one in containers if one is not server},
                         {f"container:{server['Id']}"})
        for one in containers:
            self.assertEqual(one["HostConfig"]["PortBindings"] or {}, {})
            interfaces = engine.execute(one["Id"], "cat", "/proc/net/dev").splitlines()[2:]
            self.assertEqual([line.split(":")[0].strip() for line in interfaces], ["lo"])

    @case.long_form
    def test_a_volume_that_this_host_does_not_see(self):
        report = self.rehearse(UPGRADE1, prefix=HIDDEN)
        self.assertTrue(report["passed"])
        self.assert_no_trace()


class Killed(RehearseCase):
    """In the middle, with -9: the next command, or `recover`, removes what is left."""

    def killed_at(self, accept):
        with Probe(f"{self.stack.url}/shop/orders?db=ten_c") as probe:
            with engine.Events("container", OPERATION) as events:
                run = self.server.start("rehearse", "tenants", UPGRADE1, "--operator", "ken")
                events.wait("start", accept)
                run.signal(signal.SIGKILL)
                run.finish()
            self.assertNotEqual(self.of_rehearsals(), [])
            self.assert_exit(self.server.run("recover"), 0)
        self.assertEqual(probe.report().failures(), {})
        self.assert_no_trace()

    @case.long_form
    def test_when_the_server_starts(self):
        self.killed_at(self.is_server)

    @case.long_form
    def test_in_an_upgrade(self):
        self.killed_at(self.is_upgrade)

    def test_while_the_release_is_proved(self):
        self.killed_at(self.is_release)

    def test_interrupted(self):
        with engine.Events("container", OPERATION) as events:
            run = self.server.start("rehearse", "tenants", UPGRADE1, "--operator", "ken")
            events.wait("start", self.is_upgrade)
            run.signal(signal.SIGINT)
            self.assert_exit(run.finish(), 130)
        self.assert_no_trace()
        self.assertEqual(re.findall("error", self.server.run("status", "tenants").error), [])


if __name__ == "__main__":
    case.main()
