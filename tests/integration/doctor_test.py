"""`ballast doctor`: a server with every weakness there is, the same when each is mended, a repository, and what is
accepted."""

import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import ServerCase  # noqa: E402

EXAMPLE = fixtures.REPOSITORY / "examples/odoo18-prod/infra/stacks/odoo18-prod"
MANUAL = fixtures.REPOSITORY / "src/cli/doctor.md"
DEPLOY = 31001  # a user that this machine has not

RUNNING = """\
services:
  web:
    image: {repository}:${{SHOP_TAG}}
    entrypoint: ["sleep", "infinity"]
    stop_grace_period: 1s
    volumes: [web-data:/var/lib/odoo]
  db:
    image: fixture/postgres:15
    entrypoint: ["sleep", "infinity"]
    stop_grace_period: 1s
volumes:
  web-data:
"""

# The same services, as somebody left them.
WEAK = """\
services:
  web:
    image: {repository}:${{SHOP_TAG}}
    privileged: true
    network_mode: host
    volumes:
      - web-data:/var/lib/odoo
      - ./addons:/mnt/extra-addons
      - /var/run/docker.sock:/var/run/docker.sock:ro
  db:
    image: fixture/postgres:15
    ports: ["5432:5432"]
volumes:
  web-data:
"""

MENDED = """\
services:
  web:
    image: {repository}:${{SHOP_TAG}}
    mem_limit: 6g
    restart: unless-stopped
    healthcheck: {{test: [CMD, healthcheck]}}
    logging: {{driver: json-file, options: {{max-size: 50m}}}}
    volumes: [web-data:/var/lib/odoo]
  db:
    image: fixture/postgres:15
    mem_limit: 2g
    restart: unless-stopped
    healthcheck: {{test: [CMD, pg_isready]}}
    logging: {{driver: local}}
volumes:
  web-data:
"""

WEAK_IMAGE = ("USER root", "VOLUME /mnt/extra-addons", "HEALTHCHECK NONE", "RUN mkdir -p /usr/lib/postgresql/13",
              "RUN printf '[options]\\naddons_path = /mnt/extra-addons\\nadmin_passwd = topsecret\\nworkers = 200\\n' "
              "> /etc/odoo/odoo.conf")
MENDED_IMAGE = ("USER root", "RUN mkdir -p /usr/lib/postgresql/15",
                "RUN printf '[options]\\naddons_path = /opt/odoo-addons\\nlist_db = False\\nworkers = 2\\n' "
                "> /etc/odoo/odoo.conf")

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0 github-ci"
WEAK_SERVER = {
    "etc/passwd": f"root:x:0:0:root:/root:/bin/bash\ndeploy:x:{DEPLOY}:{DEPLOY}::/home/deploy:/bin/bash\n",
    "etc/group": "root:x:0:\ndocker:x:998:deploy\n",
    "etc/timezone": "Etc/UTC\n",
    "home/deploy/.ssh/authorized_keys": f'command="/usr/local/bin/deploy.sh $SSH_ORIGINAL_COMMAND",no-pty {KEY}\n',
    "etc/sudoers.d/deploy": "deploy ALL=(root) NOPASSWD: /usr/bin/docker compose -f /srv/stacks/shop/docker-compose.yml *\n",
    "etc/cron.d/odoo18-backup": "# Weekly full: Sunday 4 AM JST\n0 19 * * 0 root /srv/scripts/backup-odoo18.sh weekly-full\n",
    "var/spool/cron/crontabs/root": "CRON_TZ=Asia/Tokyo\n0 3 * * * /srv/scripts/backup-odoo18.sh daily\n",
    "etc/docker/daemon.json": '{"hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2375"]}\n',
    "etc/ballast/ballast.yaml": "notify: {slack: {url-file: /etc/ballast/slack-url}}\n",
    "etc/ballast/slack-url": "https://hooks.slack.com/services/T0/B0/secret\n",
}
MENDED_SERVER = {
    "etc/group": "root:x:0:\ndocker:x:998:\n",
    "etc/ssh/sshd_config.d/deploy.conf": "Match User deploy\n  AuthorizedKeysFile /etc/ssh/authorized_keys.d/deploy\n",
    "etc/ssh/authorized_keys.d/deploy": f'restrict,command="/usr/bin/ballast gate --key github-ci" {KEY}\n',
    "etc/sudoers.d/deploy": "deploy ALL=(root) NOPASSWD: /usr/bin/ballast gate --key github-ci\n",
    "etc/cron.d/odoo18-backup": "# Weekly full: Sunday 4 AM JST\n0 19 * * 6 root /srv/scripts/backup-odoo18.sh weekly-full\n",
    "var/spool/cron/crontabs/root": "0 18 * * * /srv/scripts/backup-odoo18.sh daily # 3 AM JST\n",
    "etc/docker/daemon.json": '{"hosts": ["unix:///var/run/docker.sock"]}\n',
    "etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service": "",
}


def all_ids(scope=""):
    """As the manual lists them, which a unit test holds to the table."""
    part = MANUAL.read_text().partition(f"# WEAKNESSES OF A {scope}\n")[2].partition("\n# ")[0] if scope else MANUAL.read_text()
    return set(re.findall(r"(?m)^- `([a-z-]+)` \((?:grave|serious|slight)\)", part))


def ids(told, *states):
    return {one["id"] for one in told["findings"] if one["state"] in states}


class DoctorCase(ServerCase):
    def doctor(self, status, *words, **options):
        told = self.assert_exit(self.server.run("doctor", *words, "--json", timeout=120, **options), status).json()
        self.assertEqual((told["schema"], told["exit"]), ("ballast.doctor/1", status))
        return told

    def write(self, files):
        for name, text in files.items():
            path = self.server.path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o644)


class Doctor(DoctorCase):
    """In order: all is weak, is accepted, is mended."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack()
        cls.repository = cls.stack.repository
        cls.start("main", WEAK_IMAGE)
        cls.compose(WEAK)
        cls.write(cls, WEAK_SERVER)
        os.chown(cls.server.path("home/deploy/.ssh/authorized_keys"), DEPLOY, DEPLOY)
        cls.stack.env_path.chmod(0o644)
        cls.stack.directory.chmod(0o777)
        (cls.stack.directory / "Dockerfile").write_text("FROM debian:12\nCOPY . /app\n")

    @classmethod
    def start(cls, tag, lines):
        """Containers that only sleep: what they are made of is looked at, not what they do."""
        fixtures.build_image("shop", fixtures.tag("good1"), f"{cls.repository}:{tag}", *lines)
        fixtures.write_env(cls.stack.env_path, {fixtures.TAG_VARIABLE: tag})
        cls.compose(RUNNING)
        cls.stack.compose("up", "-d")

    @classmethod
    def compose(cls, text):
        cls.stack.compose_path.write_text(text.format(repository=cls.repository))

    def test_01_every_weakness_is_found(self):
        told = self.doctor(9)
        self.assertEqual(ids(told, "weak"), all_ids())
        self.assertEqual(ids(told, "unknown", "accepted"), set())
        self.assertEqual((told["stacks"], told["folder"], told["good"]), (["shop"], None, False))
        self.assertNotIn("topsecret", json.dumps(told))

    def test_02_each_says_where_and_what_mends_it(self):
        found = {one["id"]: (one["subject"], one["what"], one["mend"]) for one in self.doctor(9)["findings"]}
        root, folder = self.server.root, self.stack.directory
        self.assertEqual(found["cron-wrong-zone"], (
            f"{root}/etc/cron.d/odoo18-backup:2",
            "`0 19 * * 0` is Sunday 19:00 here (Etc/UTC), Sunday 19:00 UTC, Monday 04:00 JST; its comment says Sunday "
            "04:00 JST",
            "write `0 19 * * 6` there; or let Ballast keep the zone, in the policy of the stack:\n"
            'backup: {weekly-full: "Sun 04:00 Asia/Tokyo"}'))
        self.assertEqual(found["database-port-published"], (
            f"{folder}/docker-compose.yml:12",
            "port 5432 of db is published on every address; Docker opens it past ufw",
            "remove it: services of the stack reach db:5432 without\n"
            'or, for programs of this server: "127.0.0.1:5432:5432"'))
        self.assertEqual(found["secrets-readable"], (
            f"{folder}/.env", "it holds passwords, and its mode is 0644", f"chmod 0600 {folder}/.env"))
        self.assertEqual(found["password-in-config"][0], "web:/etc/odoo/odoo.conf:3")
        self.assertEqual(found["postgres-client-older"][1],
                         "pg_dump 13 in there refuses a server of version 15: backups that Odoo itself makes fail")
        self.assertEqual(found["authorized-keys-writable"][1],
                         f"{root}/home/deploy/.ssh/authorized_keys can be changed by deploy itself (mode 0644): whoever "
                         "becomes deploy once gives itself a key without the forced command")
        self.assertEqual(found["server-secrets-readable"][2], f"chmod 0600 {root}/etc/ballast/slack-url")

    def test_03_for_people_the_worst_first(self):
        shown = self.assert_exit(self.server.run("doctor"), 9).stdout
        self.assertTrue(shown.startswith("the server\n  grave    authorized-keys-writable"), shown)
        self.assertIn("\n\nstack shop\n  grave    ", shown)
        words = re.findall(r"(?m)^  (grave|serious|slight|unknown|accepted) ", shown.partition("\nstack shop\n")[2])
        self.assertEqual(words, sorted(words, key=("grave", "serious", "slight").index))
        self.assertRegex(shown, r"\n\d+ weaknesses \(\d+ grave, \d+ serious, \d+ slight\) on the server and 1 stack\n\Z")

    def test_04_it_changes_nothing(self):
        before = self.server.fingerprint(".")
        self.doctor(9, "shop")
        self.assertEqual(self.server.fingerprint("."), before)

    def test_05_accepted_with_a_reason(self):
        stack_ids = {one["id"] for one in self.doctor(9)["findings"] if one["scope"] == "stack"}
        accept = "".join(f'    {one}: "until May, ken"\n' for one in sorted(stack_ids - {"host-network"}))
        self.stack.set_policy("doctor:\n  accept:\n" + accept)
        self.addCleanup(self.stack.policy_path.unlink)
        told = self.doctor(9)
        self.assertEqual(ids(told, "weak") & stack_ids, {"host-network"})
        self.assertEqual(ids(told, "accepted"), stack_ids - {"host-network"})
        self.assertEqual({one["reason"] for one in told["findings"] if one["state"] == "accepted"}, {"until May, ken"})
        shown = self.assert_exit(self.server.run("doctor", "shop"), 9).stdout
        self.assertIn("    accepted: until May, ken\n", shown)
        self.assertRegex(shown, r", \d+ accepted on the server and 1 stack\n\Z")

    def test_06_what_cannot_be_accepted(self):
        path = self.stack.policy_path
        self.addCleanup(path.unlink)
        path.write_text("doctor: {accept: {databse-port-published: x}}\n")
        self.assert_error(self.server.run("doctor"), 2,
                          f"error: {path}:1: `doctor.accept` names no weakness: `databse-port-published`\n"
                          "hint: did you mean `database-port-published`?\n")
        path.write_text("doctor:\n  accept:\n    list-db-on:\n")
        self.assert_error(self.server.run("config", "validate", "shop"), 2, "")
        self.assert_error(self.server.run("doctor", "shop"), 2,
                          f"error: {path}:3: `doctor.accept.list-db-on`: a reason is required\n"
                          'hint: say why, until when, and who decided it: "behind the firewall, 2026-11, ken"\n')
        path.write_text("doctor: {accept: {sudoers-wildcard: x}}\n")
        self.assert_error(self.server.run("doctor", "shop"), 2,
                          f"error: {path}:1: `doctor.accept`: `sudoers-wildcard` is a weakness of a server\n"
                          "hint: accept it in /etc/ballast/ballast.yaml\n")
        self.assert_error(self.server.run("doctor", "shp"), 2,
                          f"error: no stack `shp` in {self.server.path('srv/stacks')}\nhint: did you mean `shop`?\n")

    def test_07_without_an_engine_much_is_unknown(self):
        told = self.doctor(9, environment={"BALLAST_DOCKER_SOCKET": "/nowhere.sock"})
        self.assertEqual(ids(told, "unknown"), {"addons-volume", "health-check-missing", "list-db-on", "password-in-config",
                                                "postgres-client-older", "workers-exceed-memory"})
        unknown = next(one for one in told["findings"] if one["id"] == "list-db-on")
        self.assertEqual(unknown["what"], "the Docker Engine does not answer at /nowhere.sock: no such socket")
        self.assertIn("docker-socket-mounted", ids(told, "weak"))

    def test_08_a_broken_stack_is_unknown(self):
        folder = self.server.path("srv/stacks/broken")
        folder.mkdir()
        self.addCleanup(shutil.rmtree, folder)
        (folder / "docker-compose.yml").write_text("services: [\n")
        (folder / ".env").write_text("A_PASSWORD=secret\n")
        told = self.doctor(9, "broken")
        mine = [one for one in told["findings"] if one["stack"] == "broken"]
        self.assertEqual({one["id"] for one in mine if one["state"] == "weak"}, {"secrets-readable"})
        unknown = {one["id"] for one in mine if one["state"] == "unknown"}
        # What is in other files than the broken one is known.
        self.assertEqual(unknown, all_ids("STACK") - {"env-in-image", "secrets-readable", "stack-files-writable"})
        self.assertTrue(all(f"{folder}/docker-compose.yml:" in one["what"] for one in mine if one["state"] == "unknown"),
                        mine)

    def test_09_what_cannot_be_read_is_unknown(self):
        daemon, sudoers = self.server.path("etc/docker/daemon.json"), self.server.path("etc/sudoers.d/deploy")
        cron = self.server.path("etc/cron.d/odoo18-backup")
        for path, text in ((daemon, "{"), (sudoers, "x" * (17 << 20))):
            self.addCleanup(path.write_text, path.read_text())
            path.write_text(text)
        cron.rename(cron.with_name("odoo"))
        cron.symlink_to("odoo")
        self.addCleanup(lambda: cron.with_name("odoo").rename(cron))
        told = self.doctor(9)
        found = {one["id"]: one["what"] for one in told["findings"] if one["state"] == "unknown"}
        self.assertEqual(set(found), {"cron-tz-ignored", "cron-wrong-zone", "docker-tcp-open", "log-rotation-missing",
                                      "sudoers-wildcard"})
        self.assertEqual(found["docker-tcp-open"], f"{daemon} is not JSON")
        self.assertEqual(found["cron-wrong-zone"], f"{cron} is a symbolic link")
        self.assertIn("is larger than", found["sudoers-wildcard"])
        self.assertIn("cron-tz-ignored", ids(told, "weak"))  # of another file

    def test_10_mended(self):
        self.start("sha-a000009", MENDED_IMAGE)
        self.compose(MENDED)
        shutil.rmtree(self.server.path("home/deploy/.ssh"))
        self.write(MENDED_SERVER)
        self.server.path("etc/ballast/slack-url").chmod(0o600)
        self.stack.env_path.chmod(0o600)
        self.stack.directory.chmod(0o755)
        (self.stack.directory / ".dockerignore").write_text(".env\n")
        self.stack.set_policy("offsite: {remote: 'offsite:backups'}\naddons: {path: /opt/odoo-addons}\n")
        self.write({"srv/backups/shop/drills/one.json": '{"id": "one", "stack": "shop", "passed": true}'})
        told = self.doctor(0)
        self.assertEqual(told["findings"], [])
        self.assertEqual(self.assert_exit(self.server.run("doctor"), 0).stdout, "no weakness on the server and 1 stack\n")


class Folder(DoctorCase):
    """A repository, where there is no server and no engine."""

    def folder(self, copied=True):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ballast-test-folder-"))
        self.addCleanup(shutil.rmtree, folder)
        if copied:
            shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
        return folder

    def look(self, folder, status):
        result = self.server.run("doctor", "--folder", str(folder), "--json", timeout=60,
                                 environment={"DOCKER_HOST": "tcp://10.0.0.1:2375", "BALLAST_ROOT": "/nowhere"})
        return self.assert_exit(result, status).json()

    def edit(self, path, old, new):
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new))

    def test_01_the_example_has_none(self):
        told = self.look(EXAMPLE, 0)
        self.assertEqual((told["findings"], told["stacks"], told["folder"]), ([], ["odoo18-prod"], str(EXAMPLE)))
        shown = self.assert_exit(self.server.run("doctor", "--folder", str(EXAMPLE)), 0).stdout
        self.assertEqual(shown, f"no weakness on {EXAMPLE}\n")

    def test_02_the_example_spoilt(self):
        folder = self.folder()
        compose = folder / "docker-compose.yml"
        self.edit(compose, "      - odoo-data:/var/lib/odoo\n", "      - odoo-data:/var/lib/odoo\n      - ./odoo_modules:/opt/odoo-addons\n")
        self.edit(compose, "image: postgres:15\n", "image: postgres\n    ports: ['5432:5432']\n")
        self.edit(folder / "odoo.conf", "list_db = False\n", "db_password = topsecret\n")
        self.edit(folder / "Dockerfile", "COPY odoo_modules/ /opt/odoo-addons/\n", "COPY . /mnt/extra-addons/\n")
        self.edit(folder / "odoo.conf", "/opt/odoo-addons", "/mnt/extra-addons")
        (folder / "Dockerfile.dockerignore").unlink()
        told = self.look(folder, 9)
        self.assertEqual(ids(told, "weak"), {"addons-volume", "bind-mount-over-code", "database-port-published",
                                             "env-in-image", "list-db-on", "mutable-tag", "password-in-config"})
        self.assertEqual(ids(told, "unknown"), set())
        places = {one["id"]: one["subject"] for one in told["findings"]}
        self.assertRegex(places["list-db-on"], rf"^{folder}/odoo.conf$")
        self.assertRegex(places["env-in-image"], rf"^{folder}/Dockerfile:\d+$")
        self.assertNotIn("topsecret", json.dumps(told))

    def test_03_accepted_in_its_policy(self):
        folder = self.folder()
        self.edit(folder / "docker-compose.yml", "    mem_limit: 6g\n", "")
        self.assertEqual(ids(self.look(folder, 9), "weak"), {"memory-limit-missing"})
        with (folder / "ballast.yaml").open("a") as policy:
            policy.write('\ndoctor: {accept: {memory-limit-missing: "alone on its server, 2026-11, ken"}}\n')
        self.assertEqual(ids(self.look(folder, 0), "accepted"), {"memory-limit-missing"})

    def test_04_a_relative_path(self):
        folder = self.folder()
        result = self.server.run("doctor", "--folder", folder.name + "/", "--json", cwd=folder.parent)
        told = self.assert_exit(result, 0).json()
        self.assertEqual((told["folder"], told["stacks"]), (folder.name + "/", [folder.name]))

    def test_05_no_stack_there(self):
        folder = self.folder(copied=False)
        self.assert_error(self.server.run("doctor", "--folder", str(folder)), 2,
                          f"error: there is no compose file in {folder}\n"
                          "hint: it is named compose.yaml or docker-compose.yml\n")
        self.assert_error(self.server.run("doctor", "--folder", f"{folder}/nothing"), 2,
                          f"error: {folder}/nothing is not a folder\n"
                          "hint: name the folder of the repository that holds the compose file\n")


if __name__ == "__main__":
    case.main()
