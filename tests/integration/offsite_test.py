"""Sets off-site: encrypted copies on a real SSH server and a real WebDAV server, and back from them to an empty server."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case  # noqa: E402
from support.backups import GOOD1, GOOD2, BackupCase, query, upload  # noqa: E402
from support.case import WITHOUT_CANDIDATE, must  # noqa: E402
from support.damage import mount_small_disk, unmount  # noqa: E402
from support.remotes import Gate, SshServer, WebDavServer, configure, rclone  # noqa: E402
from support.waiting import until  # noqa: E402

POLICY = WITHOUT_CANDIDATE + 'offsite: {remote: "%s"}\n'
REMOTE = "offsite:backups"
SECRET = "a-secret-of-the-shop"


class OffsiteCase(BackupCase):
    """Each class has its storage; each test a stack whose sets nobody has sent yet."""

    Storage = SshServer

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.storage = cls.Storage(cls.server.path("offsite"))
        cls.addClassCleanup(cls.storage.stop)
        cls.configuration = cls.server.path("rclone.conf")
        configure(cls.configuration, cls.storage)
        with cls.stack.env_path.open("a") as env:
            env.write(f"SHOP_PASSWORD={SECRET}\n")

    def setUp(self):
        self.stack.set_policy(POLICY % REMOTE)
        shutil.rmtree(self.backups, ignore_errors=True)
        self.storage.empty()

    def run_it(self, *words, **options):
        return self.server.run(*words, environment={"RCLONE_CONFIG": str(self.configuration)}, **options)

    def start_it(self, *words):
        return self.server.start(*words, environment={"RCLONE_CONFIG": str(self.configuration)})

    def backup(self, *options, status=0):
        result = self.assert_exit(self.run_it("backup", "shop", "--operator", "ken", *options, "--json"), status)
        return json.loads(result.stdout)

    def listed(self, *options):
        return json.loads(must(self.run_it("backup", "list", "shop", "--json", *options)).stdout)["sets"]

    def rclone(self, *words, **options):
        return rclone(self.configuration, *words, **options)

    def there(self, folder="shop"):
        """The files as the remote shows them to who has its password: path → size."""
        found = self.rclone("lsf", "--recursive", "--files-only", "--format=sp", "--separator= ", f"{REMOTE}/{folder}",
                            check=False).stdout
        lines = (line.split(" ", 1) for line in found.splitlines())
        return {path: int(size) for size, path in lines}

    def contents(self):
        numbers = query(self.stack, "select id from ir_attachment where url is null order by id")
        return {number: self.stack.get(f"/shop/attachment/{number}") for number in numbers}

    @property
    def plain(self):
        """A folder of the storage as it is, without encryption."""
        storage = self.storage.stored_in("plain")
        return storage + ("open" if storage.endswith(":") else "/open")

    def destroy(self):
        """Nothing is left but the remote."""
        self.stack.compose("down", "--volumes")
        shutil.rmtree(self.stack.directory)
        shutil.rmtree(self.backups)

    def flip(self, path):
        content = path.read_bytes()
        path.write_bytes(content[:-5] + bytes([content[-5] ^ 1]) + content[-4:])

    def stored_path(self, path):
        """Where the storage keeps that file of the remote."""
        crypted = self.rclone("cryptdecode", "--reverse", "offsite:", f"backups/shop/{path}").stdout.split("\t")[-1].strip()
        return self.storage.files / crypted


class Copies:
    def assert_all_there(self, made):
        there = self.there()
        folder = pathlib.Path(made["folder"])
        files = {f"sets/{made['id']}/{path.relative_to(folder)}": path.stat().st_size
                 for path in folder.rglob("*") if path.is_file()}
        pool = {f"pool/{name}": (self.backups / "pool" / name).stat().st_size for name in self.names_of(made)}
        self.assertEqual({**files, **pool}, {path: there.get(path) for path in {**files, **pool}})

    @case.long_form
    def test_a_backup_reaches_it(self):
        made = self.backup()
        self.assertEqual(made["offsite"]["trouble"], None)
        self.assertEqual([one["id"] for one in made["offsite"]["sets"]], [made["id"]])
        self.assert_all_there(made)
        self.assertEqual(self.rclone("cryptcheck" if self.Storage is SshServer else "check", made["folder"],
                                     f"{REMOTE}/shop/sets/{made['id']}").returncode, 0)
        note, = (self.backups / "offsite").iterdir()
        self.assertEqual(json.loads(note.read_text()) | {"at": ""},
                         {"schema": "ballast.offsite/1", "set": made["id"], "remote": REMOTE, "at": ""})
        self.assertEqual([(one["id"], one["offsite"]["remote"]) for one in self.listed()], [(made["id"], REMOTE)])
        result = must(self.run_it("backup", "list", "shop"))
        self.assertRegex(result.stdout, rf"(?m)^{made['id']} +manual +complete .* never +(just now|.* ago) +{GOOD1}")

    def test_from_nothing_but_the_remote(self):
        then = self.contents()
        made = self.backup()
        env = self.stack.env_path.read_text()
        self.destroy()
        result = self.assert_exit(self.run_it("restore", "shop", "--from", REMOTE, "--yes"), 0)
        self.assertIn(f"[ok] fetch the set from {REMOTE}: {made['id']} (", result.stderr)
        self.stack.wait_until_good()
        self.assertEqual(self.contents(), then)
        self.assertEqual(self.stack.env_path.read_text(), env)
        self.assert_running(self.stack, "good1")
        self.assertEqual(list((self.backups / "incoming").iterdir()), [])
        modes = {path.stat().st_mode & 0o777 for path in self.backups.rglob("*") if path.is_file()}
        self.assertEqual(modes, {0o600})
        self.assert_exit(self.run_it("backup", "verify", "shop"), 0)
        must(self.run_it("restore", "shop", "--confirm", "--yes"))


class OverSsh(Copies, OffsiteCase):
    """The storage can tell hashes, by programs that rclone runs there."""

    @case.long_form
    def test_nothing_can_be_read_on_the_storage(self):
        made = self.backup()
        self.assertIn(SECRET, (pathlib.Path(made["folder"]) / "stack/.env").read_text())
        content = self.storage.content()
        self.assertGreater(len(content), len(self.uploaded))
        names = "\n".join(content)
        for plain in ("manifest", "databases", "attachments", made["id"]):
            self.assertNotIn(plain, names)
        everything = b"".join(content.values())
        for plain in (SECRET.encode(), b"content 1", b"CREATE ROLE", b"ballast.backup/1"):
            self.assertNotIn(plain, everything)

    @case.long_form
    def test_list_remote(self):
        made = [self.backup("daily")["id"], self.backup("--tag", "seen")["id"]]
        shutil.rmtree(self.backups)
        listed = self.listed("--remote")
        self.assertEqual([(one["id"], one["folder"]) for one in listed],
                         [(one, f"{REMOTE}/shop/sets/{one}") for one in made])
        result = must(self.run_it("backup", "list", "shop", "--remote"))
        self.assertRegex(result.stdout, rf"(?m)^{made[1]} +manual +complete +1 +\d+ +\S+ \S+ +never +{GOOD1} +seen$")
        self.assertEqual(list(self.server.path("run/ballast").glob(".manifests*")), [])

    @case.long_form
    def test_only_what_is_new_is_sent(self):
        self.backup()
        before = {path: path.stat().st_mtime_ns for path in self.storage.files.rglob("*") if path.is_file()}
        new = upload(self.stack, "new", os.urandom(3000))["store_fname"]
        made = self.backup()
        after = {path: path.stat().st_mtime_ns for path in self.storage.files.rglob("*") if path.is_file()}
        self.assertEqual({path: after[path] for path in before}, before)
        files = len([path for path in pathlib.Path(made["folder"]).rglob("*") if path.is_file()])
        self.assertEqual(len(after) - len(before), files + 1)
        self.assertEqual(made["offsite"]["sets"], [{"id": made["id"], "files": files + 1}])
        self.assertIn(f"pool/{new}", self.there())


@case.long_form
class OverWebDav(Copies, OffsiteCase):
    """The storage tells no hashes: what was sent is read back."""

    Storage = WebDavServer


class NotEncrypted(OffsiteCase):
    def setUp(self):
        super().setUp()
        self.stack.set_policy(POLICY % self.plain)

    def refusal(self):
        return ("the remote `plain` does not encrypt (its type is sftp), and sets hold secrets; nothing was sent\n"
                "hint: name one of rclone's type crypt, or say that it need not be one: offsite: {encryption: not-needed} "
                f"in {self.stack.policy_path}\n")

    def allow(self):
        self.stack.set_policy(WITHOUT_CANDIDATE + f'offsite: {{remote: "{self.plain}", encryption: not-needed}}\n')

    def test_it_is_refused(self):
        result = self.assert_exit(self.run_it("backup", "shop"), 7)
        made, = self.listed()
        self.assertEqual(result.error, f"error: the set {made['id']} of shop is complete here, but did not reach "
                                       f"{self.plain}: {self.refusal()}")
        self.assertTrue(made["complete"])
        self.assertEqual(made["offsite"], None)
        self.assert_error(self.run_it("backup", "send", "shop"), 3,
                          f"error: the sets of shop did not reach {self.plain}: {self.refusal()}")
        self.assertEqual(list(self.storage.files.iterdir()), [])
        self.assertRegex(must(self.run_it("backup", "list", "shop")).stdout, rf"(?m)^{made['id']} .* never +no +{GOOD1}")

    @case.long_form
    def test_crypt_that_encrypts_names_only(self):
        with self.configuration.open("a") as file:
            file.write(f"[names]\ntype = crypt\nremote = {self.plain}\npassword = {'x' * 22}\nno_data_encryption = true\n")
        self.stack.set_policy(POLICY % "names:")
        result = self.assert_exit(self.run_it("backup", "shop"), 7)
        self.assertIn("the remote `names` does not encrypt (its type is crypt with no_data_encryption), ", result.error)
        self.assertEqual(list(self.storage.files.iterdir()), [])

    @case.long_form
    def test_the_policy_says_so(self):
        self.allow()
        made = self.backup()
        folder = self.storage.files / "open/shop"
        self.assertEqual((folder / "sets" / made["id"] / "manifest.json").read_bytes(),
                         (pathlib.Path(made["folder"]) / "manifest.json").read_bytes())
        self.assertEqual({str(path.relative_to(folder / "pool")) for path in (folder / "pool").glob("??/*")},
                         set(self.names_of(made)))

    @case.long_form
    def test_what_arrived_with_other_content_is_sent_again(self):
        self.allow()
        made = self.backup()
        there = self.storage.files / "open/shop/sets" / made["id"]
        here = pathlib.Path(made["folder"])
        self.flip(there / "databases/shop.dump")
        (there / "manifest.json").unlink()
        must(self.run_it("backup", "send", "shop"))
        for path in ("databases/shop.dump", "manifest.json"):
            self.assertEqual((there / path).read_bytes(), (here / path).read_bytes(), path)

    @case.long_form
    def test_a_byte_flipped_there_is_found_by_the_restore(self):
        self.allow()
        made = self.backup()
        folder = self.storage.files / "open/shop"
        hint = f"hint: choose another set: ballast restore shop SET --from {self.plain}\n"
        then = self.contents()
        name = self.uploaded[3]
        self.flip(folder / "pool" / name)
        shutil.rmtree(self.backups)
        restore = ("restore", "shop", "--from", self.plain, "--yes")
        self.assert_error(self.run_it(*restore), 3,
                          f"error: {made['id']} is damaged on {self.plain}; nothing was changed\n"
                          f"  pool/{name}: other content than its name says\n{hint}")
        self.flip(folder / "pool" / name)
        self.flip(folder / "sets" / made["id"] / "databases/shop.dump")
        self.assert_error(self.run_it(*restore), 3,
                          f"error: {made['id']} is damaged on {self.plain}; nothing was changed\n"
                          f"  databases/shop.dump: other content than recorded\n{hint}")
        (folder / "pool" / name).unlink()
        (self.backups / "pool" / name).unlink()
        self.assert_error(self.run_it(*restore), 3,
                          f"error: {made['id']} is damaged on {self.plain}; nothing was changed\n"
                          f"  pool/{name}: missing\n{hint}")
        self.assertEqual(self.contents(), then)
        self.assertFalse((self.backups / "sets").exists())


class Failing(OffsiteCase):
    def unreachable(self, folder):
        return (f"listing {REMOTE}/shop/sets failed: Failed to create file system for \"{REMOTE}/shop/{folder}\": failed to make "
                f"remote \"{self.storage.stored_in('plain')}\" to wrap: NewFs: couldn't connect SSH: dial tcp "
                f"127.0.0.1:{self.storage.port}: connect: connection refused")

    def stop_storage(self):
        self.storage.stop()
        self.addCleanup(lambda: self.storage.process or self.storage.start())

    def test_an_unreachable_remote(self):
        self.stop_storage()
        result = self.assert_exit(self.run_it("backup", "shop"), 7)
        made, = self.listed()
        self.assertEqual(result.error,
                         f"error: the set {made['id']} of shop is complete here, but did not reach {REMOTE}: "
                         f"{self.unreachable('sets')}\n"
                         "hint: the next backup tries again, and so does: ballast backup send shop\n")
        self.assert_exit(self.run_it("backup", "verify", "shop", made["id"]), 0)
        self.assert_error(self.run_it("backup", "send", "shop"), 7,
                          f"error: the sets of shop did not reach {REMOTE}: {self.unreachable('sets')}\n"
                          "hint: the next backup tries again, and so does: ballast backup send shop\n")
        told = self.backup(status=7)
        self.assertEqual((told["complete"], told["exit"], told["offsite"]["sets"], told["offsite"]["trouble"]),
                         (True, 7, [], self.unreachable("sets")))
        self.assertEqual(self.server.unfinished(), [])
        hint = "hint: see whether it answers, as the same user: rclone lsd offsite:\n"
        self.assert_error(self.run_it("backup", "list", "shop", "--remote"), 1, f"error: {self.unreachable('sets')}\n{hint}")
        self.assert_error(self.run_it("restore", "shop", "--from", REMOTE, "--yes"), 1,
                          f"error: {self.unreachable('sets')}; nothing was changed\n{hint}")

        self.storage.start()
        newest = self.backup()
        self.assertEqual([one["id"] for one in newest["offsite"]["sets"]], [newest["id"], told["id"], made["id"]])
        self.assertEqual([one["id"] for one in self.listed("--remote")], [made["id"], told["id"], newest["id"]])
        result = must(self.run_it("backup", "send", "shop"))
        self.assertEqual(result.stdout, f"{REMOTE} has every set of shop already\n")

    @case.long_form
    def test_a_deploy_does_not_wait_for_it(self):
        self.stop_storage()
        self.stack.set_policy(POLICY % REMOTE + "backup: {before-deploy: required}\n")
        self.assert_exit(self.stack.deploy(GOOD2), 0)
        self.storage.start()
        made, = self.listed()
        self.assertEqual((made["kind"], made["offsite"]), ("pre-deploy", None))
        result = must(self.run_it("backup", "send", "shop"))
        self.assertRegex(result.stdout, rf"^shop {made['id']}: \d+ files to {REMOTE}\n$")
        must(self.stack.deploy(GOOD1))

    @case.long_form
    def test_killed_while_it_sends(self):
        upload(self.stack, "large", os.urandom(20_000_000))
        run = self.start_it("backup", "shop")
        until(lambda: any(path.is_file() for path in self.storage.files.rglob("*")), "something arrives")
        run.kill_group()
        run.finish()
        self.assertEqual(self.server.unfinished(), [])
        made, = self.listed()
        self.assertTrue(made["complete"])
        must(self.run_it("backup", "send", "shop", "--wait", "2m"))
        self.assertEqual([one["id"] for one in self.listed("--remote")], [made["id"]])

    @case.long_form
    def test_a_set_that_is_damaged_here_is_not_sent(self):
        self.stop_storage()
        made = self.backup(status=7)
        self.storage.start()
        self.flip(pathlib.Path(made["folder"]) / "databases/shop.dump")
        self.assert_error(self.run_it("backup", "send", "shop"), 7,
                          f"error: the set {made['id']} of shop did not reach {REMOTE}: it is damaged here: "
                          "databases/shop.dump: other content than recorded\n"
                          f"hint: see all of it: ballast backup verify shop {made['id']}\n")
        newest = self.backup(status=7)
        self.assertEqual([one["id"] for one in newest["offsite"]["sets"]], [newest["id"]])
        self.assertEqual([one["id"] for one in self.listed("--remote")], [newest["id"]])

    @case.long_form
    def test_a_flipped_byte_does_not_decrypt(self):
        made = self.backup()
        self.flip(self.stored_path(f"sets/{made['id']}/databases/shop.dump"))
        shutil.rmtree(self.backups)
        result = self.assert_exit(self.run_it("restore", "shop", "--from", REMOTE, "--yes"), 1)
        self.assertRegex(result.error, rf"(?s)^error: copying {REMOTE}/shop/sets/{made['id']} to \S+ failed: "
                                       r"databases/shop\.dump: Failed to copy: (unexpected EOF|failed to authenticate .*); "
                                       r"nothing was changed\nhint: what has arrived stays in .*; a file that fails again is damaged: "
                                       r"take another set\n$")

    def test_words(self):
        made = self.backup()
        self.assert_error(self.run_it("restore", "shop", "1999", "--from", REMOTE, "--yes"), 2,
                          f"error: no backup of shop on {REMOTE} is named `1999`\nhint: sets there: {made['id']}\n")
        self.assert_error(self.run_it("restore", "shop", "--from", "elsewhere:x", "--yes"), 3,
                          "error: rclone knows no remote `elsewhere`\n"
                          "hint: see those that it knows: rclone listremotes; make one: rclone config\n")
        self.assert_error(self.run_it("restore", "other", "--from", REMOTE, "--yes"), 2,
                          f"error: there is no complete backup of other on {REMOTE}\n"
                          f"hint: look there: rclone lsf {REMOTE}/other/sets\n")
        self.stack.set_policy(WITHOUT_CANDIDATE)
        for words in (("send", "shop"), ("list", "shop", "--remote")):
            self.assert_error(self.run_it("backup", *words), 2,
                              "error: the policy of shop names no off-site remote\n"
                              f"hint: name one in {self.stack.policy_path}: offsite: {{remote: \"name:path\"}}\n")
        self.assertEqual(self.backup()["offsite"], None)


class HalfWay(OffsiteCase):
    """The connection is lost in the middle."""

    Storage = WebDavServer

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.gate = Gate(cls.storage.port)
        cls.addClassCleanup(cls.gate.close)
        cls.storage.public_port = cls.gate.port
        configure(cls.configuration, cls.storage)
        upload(cls.stack, "large", os.urandom(3_000_000))

    def setUp(self):
        super().setUp()
        self.gate.allow(None)
        self.addCleanup(self.gate.allow, None)

    @case.long_form
    def test_no_manifest_no_backup(self):
        self.gate.allow(1_000_000)
        made = self.backup(status=7)
        self.gate.allow(None)
        self.assertNotEqual(list(self.storage.files.iterdir()), [])
        self.assertEqual(self.listed("--remote"), [])
        self.assertEqual(must(self.run_it("backup", "list", "shop", "--remote")).stdout, "no backups of shop on the remote\n")
        self.assertEqual([one["offsite"] for one in self.listed()], [None])
        must(self.run_it("backup", "send", "shop"))
        self.assertEqual([one["id"] for one in self.listed("--remote")], [made["id"]])
        self.assertEqual(self.rclone("check", "--download", made["folder"], f"{REMOTE}/shop/sets/{made['id']}").returncode, 0)

    def test_a_fetch_goes_on_where_it_was(self):
        then = self.contents()
        made = self.backup()
        shutil.rmtree(self.backups)
        self.gate.allow(1_000_000)
        result = self.assert_exit(self.run_it("restore", "shop", "--from", REMOTE, "--yes"), 1)
        self.assertRegex(result.error, r"^error: copying \S+ to \S+ failed.*: .*; nothing was changed\n"
                                       r"hint: what has arrived stays in \S+/incoming, and the same command goes on from there; a "
                                       r"file that fails again is damaged: take another set\n$")
        self.assertFalse((self.backups / "sets").exists())
        self.gate.allow(None)
        must(self.run_it("restore", "shop", "--from", REMOTE, "--yes"))
        self.assertEqual(self.contents(), then)
        self.assertEqual([one["id"] for one in self.listed()], [made["id"]])
        must(self.run_it("restore", "shop", "--confirm", "--yes"))

    def room(self, size):
        mount_small_disk(self.backups, size)
        self.addCleanup(unmount, self.backups)

    def fetch(self, status):
        return self.assert_exit(self.run_it("restore", "shop", "--from", REMOTE, "--yes"), status)

    @case.long_form
    def test_no_space(self):
        made = self.backup()
        shutil.rmtree(self.backups)
        self.room("1m")
        self.assertRegex(self.fetch(3).error,
                         rf"^error: not enough space to fetch {made['id']} into {self.backups}: \S+ MB needed, "
                         r"\S+ \S+ available; nothing was changed\nhint: free some: ballast prune; or mount a larger "
                         r"disk there\n$")

    @case.long_form
    def test_the_room_is_taken_meanwhile(self):
        """What was asked for are the bytes of all files, and they take more."""
        then = self.contents()
        self.backup()
        shutil.rmtree(self.backups)
        self.room("64m")
        self.fetch(0)
        must(self.run_it("restore", "shop", "--confirm", "--yes"))
        status = os.statvfs(self.backups)
        used = (status.f_blocks - status.f_bfree) * status.f_frsize
        for path in self.backups.iterdir():
            shutil.rmtree(path)
        subprocess.run(["mount", "-o", f"remount,size={used - 8 * 4096}", self.backups], check=True, timeout=60)
        self.assertRegex(self.fetch(1).error,
                         rf"^error: no space left on {self.backups} while writing {self.backups}/pool/\S+; nothing was changed\n"
                         rf"hint: free some space there and try again; see what is full with: df -h {self.backups}\n$")
        self.assertFalse((self.backups / "sets").exists())
        self.assertEqual(self.contents(), then)
        subprocess.run(["mount", "-o", "remount,size=64m", self.backups], check=True, timeout=60)
        self.fetch(0)
        self.assertEqual(self.contents(), then)
        must(self.run_it("restore", "shop", "--confirm", "--yes"))


if __name__ == "__main__":
    case.main()
