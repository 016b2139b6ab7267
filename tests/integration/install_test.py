"""`install` and `uninstall` on a clean Debian, compared file by file."""

import json
import subprocess
import unittest

from support.case import long_or_short, main
from support.machine import Machine, difference

SERVER = "fixture/server:bookworm"
BARE = "fixture/base:bookworm"
# What runs and what is remembered: the journal, the record, locks, the copies that the programs for accounts keep.
STATE = ("/var/lib/ballast", "/run/ballast", "/etc/passwd-", "/etc/shadow-", "/etc/group-", "/etc/gshadow-",
         "/etc/.pwd.lock", "/etc/subuid-", "/etc/subgid-")
MADE = {
    "/etc/ballast": "0o40755",
    "/etc/ballast/access.yaml": "0o100644",
    "/etc/ballast/authorized_keys": "0o40755",
    "/etc/ballast/authorized_keys/deploy": "0o100644",
    "/etc/cron.d/odoo18-backup": "0o100644",
    "/etc/logrotate.d/ballast": "0o100644",
    "/etc/ssh/sshd_config.d/ballast.conf": "0o100644",
    "/etc/sudoers.d/ballast-gate": "0o100440",
    "/srv/backups": "0o40700",
    "/srv/deployments": "0o40755",
    "/srv/deployments/last_good_sha": "0o40755",
    "/srv/scripts": "0o40755",
    "/srv/scripts/backup-odoo18.sh": "0o100755",
    "/srv/scripts/deploy.sh": "0o100755",
    "/srv/stacks": "0o40755",
    "/usr/local/bin/deploy_odoo18.sh": "0o100755",
    "/var/log/ballast": "0o40750",
}
ACCOUNTS = ["/etc/group", "/etc/gshadow", "/etc/passwd", "/etc/shadow"]


def but_state(paths):
    return [path for path in paths if not any(path == state or path.startswith(state + "/") for state in STATE)]


def states(result):
    """State of each part, by its name, from the answer with --json."""
    return {part["name"]: part["state"] for part in result.json()["parts"]}


class InstallCase(unittest.TestCase):
    maxDiff = None
    image = SERVER

    def setUp(self):
        self.machine = Machine(self.image)
        self.addCleanup(self.machine.close)

    def ballast(self, status, *arguments):
        result = self.machine.ballast(*arguments)
        self.assertEqual(result.status, status, result)
        return result


class CleanServer(InstallCase):
    def test_twice_and_back(self):
        before = self.machine.tree()
        first = self.ballast(0, "install")
        made = self.machine.tree()
        self.assertEqual(but_state(difference(before, made)), sorted([*MADE, *ACCOUNTS]), first)
        for path, mode in MADE.items():
            self.assertEqual(made[path][:3], [mode, 0, 0], path)
        self.assertEqual(made["/var/lib/ballast"][:3], ["0o40700", 0, 0])

        second = self.ballast(0, "install")
        self.assertRegex(second.stdout, r"\A\d+ parts in place, nothing to do\n\Z")
        self.assertEqual(but_state(difference(made, self.machine.tree())), [])
        again = self.machine.tree()
        self.assertEqual(again["/var/lib/ballast/installed.json"], made["/var/lib/ballast/installed.json"])
        self.assertEqual(again["/var/lib/ballast/ballast.db"], made["/var/lib/ballast/ballast.db"])

        self.machine.write("/srv/backups/shop/sets/1/manifest.json", "{}")
        self.machine.write("/srv/stacks/shop/.env", "SHOP_TAG=v1\n", "0600")
        self.machine.write("/srv/deployments/history.log", "a line\n")
        kept = self.machine.tree()
        self.ballast(0, "uninstall")
        after = self.machine.tree()
        mine = [path for path in but_state(difference(before, after))]
        self.assertEqual(mine, sorted(path for path in kept if path.startswith(
            ("/srv/backups", "/srv/stacks", "/srv/deployments")) and "last_good_sha" not in path))
        for path in mine:
            self.assertEqual(after[path], kept[path])
        self.assertNotIn("/var/lib/ballast/installed.json", after)
        self.assertEqual(self.ballast(0, "uninstall").stdout, "nothing of `ballast install` is here\n")

    def test_a_dry_run_shows_every_file_and_changes_nothing(self):
        before = self.machine.tree()
        result = self.ballast(0, "install", "--dry-run")
        for path, mode in MADE.items():
            if mode.startswith("0o100"):
                self.assertIn(f"--- /dev/null\n+++ {path}\n@@ -0,0 +1,", result.stdout)
        self.assertTrue(result.stdout.endswith("that is what would be done: nothing was changed\n"), result)
        self.assertEqual(difference(before, self.machine.tree()), [])
        self.ballast(0, "install")
        made = self.machine.tree()
        result = self.ballast(0, "uninstall", "--dry-run")
        self.assertIn("--- /etc/cron.d/odoo18-backup\n+++ /dev/null\n", result.stdout)
        self.assertEqual(difference(made, self.machine.tree()), [])

    def test_the_programs_that_read_the_files_take_them(self):
        self.ballast(0, "install")
        self.machine.shell("visudo -c -q")
        rules = self.machine.shell("sudo -l -U deploy")
        self.assertEqual(rules.count("NOPASSWD"), 1, rules)
        self.assertNotIn("*", rules)
        effect = self.machine.shell("/usr/sbin/sshd -T -C user=deploy,host=there,addr=192.0.2.1").splitlines()
        for line in ("authorizedkeysfile /etc/ballast/authorized_keys/deploy", "authenticationmethods publickey",
                     "exposeauthinfo yes", "disableforwarding yes", "permittty no", "permituserrc no", "permittunnel no",
                     "trustedusercakeys none", "authorizedkeyscommand none"):
            self.assertIn(line, effect)
        others = self.machine.shell("/usr/sbin/sshd -T -C user=ken,host=there,addr=192.0.2.1").splitlines()
        self.assertIn("permittty yes", others)
        self.assertIn("exposeauthinfo no", others)
        self.machine.shell("mkdir -p /var/log/ballast; echo line >/var/log/ballast/schedule.log; "
                           "logrotate --force /etc/logrotate.d/ballast; test -s /var/log/ballast/schedule.log.1.gz")
        line = self.machine.shell("tail -n 1 /etc/cron.d/odoo18-backup")
        minutes, command = line.split(" root ")
        self.assertEqual(minutes, "*/5 * * * *")
        self.machine.shell(command)

    def test_the_user_can_do_nothing_by_itself(self):
        self.ballast(0, "install")
        self.assertEqual(self.machine.shell("getent passwd deploy").split(":")[5:], ["/", "/bin/sh\n"])
        self.assertEqual(self.machine.shell("id -nG deploy"), "ballast-gate\n")
        self.assertEqual(self.machine.shell("passwd -S deploy").split()[1], "L")
        tried = self.machine.shell("for path in /etc/ballast /etc/ballast/authorized_keys "
                                   "/etc/ballast/authorized_keys/deploy /srv/stacks /srv/backups /srv/scripts "
                                   "/srv/deployments /var/lib/ballast /; do test ! -w $path || echo $path; done",
                                   user="deploy")
        self.assertEqual(tried, "")

    def test_one_of_three_at_a_time(self):
        def enabled():
            units = ("ballast.service", "ballast-schedule.timer")
            return [unit for unit in units if self.machine.shell(f"systemctl is-enabled {unit} || true") == "enabled\n"]

        def starters():
            return sorted(path for path in self.machine.tree() if path.startswith("/etc/cron.d/odoo18")
                          or path.startswith("/etc/systemd/system/ballast"))

        self.ballast(0, "install")
        self.assertEqual((enabled(), starters()), ([], ["/etc/cron.d/odoo18-backup"]))
        result = self.ballast(0, "install", "--daemon")
        self.assertIn("- systemd does not run here: ballast.service starts with it; until then, by hand: "
                      "`ballast watch`\n", result.stdout)
        self.assertEqual((enabled(), starters()), (["ballast.service"], ["/etc/systemd/system/ballast.service"]))
        self.ballast(0, "install", "--timers")
        self.assertEqual((enabled(), starters()),
                         (["ballast-schedule.timer"], ["/etc/systemd/system/ballast-schedule.service",
                                                       "/etc/systemd/system/ballast-schedule.timer"]))
        self.machine.shell("systemd-analyze verify --man=no /etc/systemd/system/ballast-schedule.timer 2>&1 | "
                           "grep -i ballast && exit 1 || true")
        self.ballast(0, "install")  # the one that is there
        self.assertEqual(enabled(), ["ballast-schedule.timer"])
        self.ballast(0, "install", "--cron")
        self.assertEqual((enabled(), starters()), ([], ["/etc/cron.d/odoo18-backup"]))
        self.ballast(0, "install", "--daemon")
        self.ballast(0, "uninstall")
        self.assertEqual((enabled(), starters()), ([], []))

    def test_a_deploy_user_that_is_more_than_the_gates(self):
        self.machine.shell("groupadd docker; useradd --create-home --groups docker deploy")
        result = self.ballast(9, "install", "--json")
        self.assertEqual(states(result)["deploy"], "left out")
        self.assertIn("/etc/ballast/authorized_keys/deploy", states(result))
        for path in ("/etc/sudoers.d/ballast-gate", "/etc/ssh/sshd_config.d/ballast.conf"):
            self.assertNotIn(path, self.machine.tree())
        self.machine.shell("gpasswd -d deploy docker")
        self.machine.write("/home/deploy/.ssh/authorized_keys", "ssh-ed25519 AAAA ken\n")
        self.assertEqual(states(self.ballast(9, "install", "--json"))["deploy"], "left out")
        self.machine.shell("rm /home/deploy/.ssh/authorized_keys")
        self.assertEqual(states(self.ballast(0, "install", "--json"))["deploy"], "changed")
        self.assertEqual(sorted(self.machine.shell("id -nG deploy").split()), ["ballast-gate", "deploy"])
        self.ballast(0, "uninstall")
        self.machine.shell("getent passwd deploy")

    def test_without_a_program_to_call_nothing_is_set_up(self):
        self.machine.shell("mv /usr/bin/ballast /root/ballast")
        before = self.machine.tree()
        done = subprocess.run(["docker", "exec", self.machine.name, "/root/ballast", "install"], capture_output=True,
                              text=True, check=False, timeout=60)
        self.assertEqual((done.returncode, done.stderr),
                         (3, "error: there is no /usr/bin/ballast, which would be called; nothing was changed\n"
                             "hint: install the Debian package, or: `install -m 0755 /root/ballast /usr/bin/ballast`\n"))
        self.machine.shell("install -m 0777 /root/ballast /usr/bin/ballast")
        self.ballast(3, "install")
        self.machine.shell("rm /usr/bin/ballast")
        self.assertEqual(difference(before, self.machine.tree()), [])


class BareServer(InstallCase):
    image = BARE

    def test_without_sudo_sshd_cron_and_systemd(self):
        before = self.machine.tree()
        result = self.ballast(0, "install")
        missing = {"/etc/ssh/sshd_config.d/ballast.conf", "/etc/sudoers.d/ballast-gate"}
        made = self.machine.tree()
        self.assertEqual(but_state(difference(before, made)), sorted({*MADE, *ACCOUNTS} - missing))
        self.assertIn("left out  /etc/sudoers.d/ballast-gate", result.stdout)
        self.assertIn("- no cron is installed, so that nobody reads /etc/cron.d/odoo18-backup: "
                      "`apt-get install cron`\n", result.stdout)
        self.ballast(0, "install")
        self.assertEqual(but_state(difference(made, self.machine.tree())), [])
        self.ballast(0, "uninstall")
        self.assertEqual(but_state(difference(before, self.machine.tree())), [])


class OtherHands(InstallCase):
    def test_a_file_of_another_hand_stops_everything(self):
        self.machine.write("/etc/cron.d/odoo18-backup", "0 19 * * 0 root /srv/scripts/backup-odoo18.sh weekly-full\n")
        self.machine.write("/etc/sudoers.d/ballast-gate", "deploy ALL=(ALL) NOPASSWD: ALL\n", "0440")
        before = self.machine.tree()
        result = self.ballast(3, "install")
        self.assertEqual(result.error,
                         "error: /etc/cron.d/odoo18-backup, /etc/sudoers.d/ballast-gate are another hand's: nothing was "
                         "changed\nhint: move away what stands in Ballast's place, as it says above; then `ballast "
                         "install`\n")
        self.assertIn("- /etc/cron.d/odoo18-backup: `mv /etc/cron.d/odoo18-backup "
                      "/etc/cron.d/odoo18-backup.before-ballast`, then `ballast install`\n", result.stdout)
        self.assertEqual(but_state(difference(before, self.machine.tree())), [])
        self.machine.shell("cd /etc; for f in cron.d/odoo18-backup sudoers.d/ballast-gate; do mv $f $f.before-ballast; done")
        self.ballast(0, "install")

    def test_old_scripts_and_what_people_write_stay(self):
        self.machine.write("/srv/scripts/deploy.sh", "#!/bin/sh\necho old\n", "0755")
        result = self.ballast(9, "install", "--json")
        self.assertEqual(states(result)["/srv/scripts/deploy.sh"], "kept")
        self.machine.shell("echo '# ours' >>/etc/ballast/access.yaml; echo '# mine' >>/etc/logrotate.d/ballast")
        before = self.machine.tree()
        result = self.ballast(9, "install", "--json")
        self.assertEqual({name: state for name, state in states(result).items() if state != "in place"},
                         {"/etc/ballast/access.yaml": "kept", "/etc/logrotate.d/ballast": "kept",
                          "/srv/scripts/deploy.sh": "kept"})
        self.assertEqual(but_state(difference(before, self.machine.tree())), [])
        self.machine.shell("cd /srv/scripts; mv deploy.sh deploy.sh.before-ballast")
        self.assertEqual(states(self.ballast(9, "install", "--json"))["/srv/scripts/deploy.sh"], "made")
        result = self.ballast(9, "uninstall")
        self.assertIn("- /etc/logrotate.d/ballast: when nobody needs it: `rm /etc/logrotate.d/ballast`\n", result.stdout)
        after = self.machine.tree()
        for path in ("/etc/ballast/access.yaml", "/etc/logrotate.d/ballast", "/srv/scripts/deploy.sh.before-ballast"):
            self.assertIn(path, after)
        self.assertNotIn("/srv/scripts/deploy.sh", after)


class Symlinks(InstallCase):
    def setUp(self):
        super().setUp()
        self.machine.shell("useradd --create-home ken; install -d -o ken /srv/scripts; "
                           "echo theirs >/root/precious; chmod 0600 /root/precious")

    def assert_untouched(self):
        self.assertEqual(self.machine.shell("cat /root/precious; stat -c '%U %a' /root/precious"), "theirs\nroot 600\n")

    def test_the_name_of_a_file(self):
        self.machine.shell("ln -s /root/precious /srv/scripts/deploy.sh", user="ken")
        result = self.ballast(9, "install", "--json")
        self.assertEqual(states(result)["/srv/scripts/deploy.sh"], "kept")
        self.assertEqual(states(result)["/srv/scripts/backup-odoo18.sh"], "made")
        self.assert_untouched()
        part = next(part for part in result.json()["parts"] if part["name"] == "/srv/scripts/backup-odoo18.sh")
        self.assertEqual(part["note"], "others can replace it: /srv/scripts is not root's alone")
        self.machine.shell("rm -f /srv/scripts/backup-odoo18.sh; ln -s /root/precious /srv/scripts/backup-odoo18.sh",
                           user="ken")
        self.ballast(9, "install")
        self.ballast(9, "uninstall")
        self.assert_untouched()

    def test_the_folder_of_a_file(self):
        self.machine.shell("rmdir /srv/scripts; install -d -o ken /srv; mkdir /root/bin")
        self.machine.shell("ln -s /root/bin /srv/scripts", user="ken")
        before = self.machine.tree()
        self.assertEqual(self.ballast(3, "install").error,
                         "error: /srv/scripts is a symbolic link\n"
                         "hint: put the file itself there; Ballast writes nothing through a link\n")
        self.assertEqual(but_state(difference(before, self.machine.tree())), [])

    def test_a_name_that_changes_all_the_time(self):
        subprocess.run(["docker", "exec", "--detach", "--user", "ken", self.machine.name, "/bin/sh", "-c",
                        "cd /srv/scripts; touch file; while :; do ln -sf /root/precious link; mv -T link deploy.sh; "
                        "cp /bin/true copy; mv -T copy deploy.sh; rm -f deploy.sh; done"], check=True, timeout=60)
        for _ in range(long_or_short(60, 6)):
            self.assertIn(self.machine.ballast("install").status, (1, 3, 9))
            self.assertIn(self.machine.ballast("uninstall").status, (0, 1, 3, 9))
        self.assert_untouched()


class Record(InstallCase):
    def test_it_names_every_file_by_its_content(self):
        self.ballast(0, "install")
        record = json.loads(self.machine.shell("cat /var/lib/ballast/installed.json"))
        tree = self.machine.tree()
        self.assertEqual([file["path"] for file in record["files"]],
                         [path for path, mode in MADE.items() if mode.startswith("0o100")])
        for file in record["files"]:
            self.assertEqual(tree[file["path"]], [f"0o100{file['mode'][1:]}", 0, 0, file["sha256"]])
        self.assertEqual((record["schema"], record["starter"], record["users"], record["groups"]),
                         ("ballast.installed/1", "cron", ["deploy"], ["ballast-gate"]))

    def test_the_chain_of_records_has_what_was_changed(self):
        self.ballast(0, "install")
        self.ballast(0, "install")  # changes nothing
        self.ballast(0, "uninstall")
        listed = self.ballast(0, "audit", "list", "--kind", "install", "--json").json()["records"]
        self.assertEqual([record["content"]["command"] for record in listed], ["install", "uninstall"])
        self.assertIn({"kind": "user", "name": "deploy", "state": "made"}, listed[0]["content"]["parts"])
        self.ballast(0, "audit", "verify")


if __name__ == "__main__":
    main()
