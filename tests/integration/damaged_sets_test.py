"""Sets that were cut, bent, emptied or robbed: each damage is named, nothing is restored from it, live data stays."""

import os
import pathlib
import re
import shutil
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine  # noqa: E402
from support.backups import post, query, upload  # noqa: E402
from support.damage import DamageCase, cut_to, describe_file, flipped_at, rewrite  # noqa: E402
from support.waiting import until  # noqa: E402

DUMP = "databases/shop.dump"
OPERATION = "tools.ballast.operation"
CHOOSE = "hint: choose another one: ballast backup list shop\n"


class Refusing(DamageCase):
    """What must hold of a damaged set, whichever way it is used."""

    def assert_refused(self, name, *damage):
        lines = "".join(f"  {line}\n" for line in damage)
        self.assert_error(self.server.run("restore", "shop", name, "--yes"), 3,
                          f"error: {name} is damaged; nothing was changed\n{lines}{CHOOSE}")
        drilled = self.assert_exit(self.server.run("drill", "shop", name, "--json"), 8).json()
        self.assertEqual((drilled["passed"], drilled["trouble"], drilled["checks"]),
                         (False, f"{name} is damaged", list(damage)))


class CutDumps(Refusing):
    def places(self, size):
        """From the first byte to the last, the header's parts among them."""
        return sorted({0, 1, 5, 6, 11, 100, size // 4, size // 2, size * 3 // 4, size - 5, size - 2, size - 1})

    SAID = f"{DUMP}: pg_restore ended with exit status 1: pg_restore: error: could not read from input file: end of file"

    def test_wherever_it_was_cut_it_is_found(self):
        folder = self.copied_set()
        whole = (folder / DUMP).read_bytes()
        with self.untouched():
            for place in self.places(len(whole)):
                with self.subTest(f"cut to {place} of {len(whole)}"):
                    (folder / DUMP).write_bytes(whole[:place])
                    damage = [f"{DUMP}: {place} bytes instead of {len(whole)}", self.SAID]
                    self.assertEqual(self.verified(folder.name, 8)["damage"], damage)
            self.assert_refused(folder.name, *damage)

    def test_not_only_by_what_the_manifest_says(self):
        """As if the stream had been cut before it was written down: reading it to its end tells."""
        folder = self.copied_set()
        whole = (folder / DUMP).read_bytes()
        for place in (5, len(whole) // 2, len(whole) - 1):
            with self.subTest(f"cut to {place} of {len(whole)}"):
                (folder / DUMP).write_bytes(whole[:place])
                describe_file(folder, DUMP)
                self.assertEqual(self.verified(folder.name, 8)["damage"], [self.SAID])


class DumpsNotRead(Refusing):
    """A dump that nobody could read to its end is not known to be good; it is not damaged for that."""

    MEND = "hint: that is no damage: see to what could not be read, then try again\n"
    ON_THIS_HOST = {"database_service": "", "database_image": ""}

    def read_by(self, script):
        """A set whose dumps this host's pg_restore reads, and words that put `script` in that one's place."""
        folder = self.copied_set()
        rewrite(folder, lambda manifest: manifest.update(self.ON_THIS_HOST))
        program = self.server.path("pg_restore")
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return folder.name, ["unshare", "--mount", "sh", "-ec", 'mount --bind "$0" "$(command -v pg_restore)"; exec "$@"',
                             str(program)]

    def test_what_says_nothing_of_the_dump(self):
        with self.untouched():
            for script, told in (("kill -9 $$", "pg_restore: .+"),
                                 ("echo no such library >&2; exit 127", "pg_restore ended with exit status 127: no such library"),
                                 ("exit 10", "pg_restore ended with exit status 10")):
                with self.subTest(script):
                    name, in_its_place = self.read_by(script)
                    result = self.server.run("backup", "verify", "shop", name, "--json", prefix=in_its_place)
                    verified = result.json()["sets"][0]
                    self.assertEqual((result.status, verified["good"], verified["damage"]), (8, False, []))
                    self.assertRegex("\n".join(verified["unknown"]), rf"^{DUMP}: {told}$")
                    self.doCleanups()

    def test_nothing_is_restored_from_it(self):
        name, in_its_place = self.read_by("kill -9 $$")
        with self.untouched():
            result = self.assert_exit(self.server.run("restore", "shop", name, "--yes", prefix=in_its_place), 1)
            self.assertRegex(result.error, rf"^error: {name} is not known to be good; nothing of shop was changed\n"
                                           rf"  {DUMP}: .+\n{self.MEND}$")

    def test_interrupted(self):
        begun = self.server.path("begun")
        name, in_its_place = self.read_by(f"touch {begun}; exec sleep 300")
        with self.untouched():
            for command, end in ((["backup", "verify", "shop", name], "interrupted while pg_restore ran\n"),
                                 (["restore", "shop", name, "--yes"],
                                  "interrupted while pg_restore ran; nothing of shop was changed\n")):
                with self.subTest(command[0]):
                    begun.unlink(missing_ok=True)
                    run = self.server.start(*command, prefix=in_its_place)
                    until(begun.exists, "pg_restore reads the dump")
                    run.signal()
                    self.assert_error(run.finish(), 130, f"error: {end}")

    def kill_reader(self, events, run):
        """Ends the container in which the dump of the run under way is read, as an engine that stops does."""
        event = events.wait("start", lambda one: self.is_of(run, one["Actor"]["Attributes"][OPERATION]))
        engine.kill(event["Actor"]["ID"])

    def is_of(self, run, mark):
        """An operation of this server, or the command that only reads."""
        known = {row["id"] for row in self.server.journal("select id from operation")}
        return mark in known or re.fullmatch(rf"read-shop-[0-9a-f]+-{run.process.pid}", mark)

    @case.long_form
    def test_the_engine_stops_meanwhile(self):
        query(self.stack, "create table large as select md5(n::text) from generate_series(1, 2000000) n")
        self.addCleanup(query, self.stack, "drop table large")
        self.large = self.backup()["id"]
        self.addCleanup(shutil.rmtree, self.backups / "sets" / self.large)
        self.assertTrue(self.assert_exit(self.server.run("drill", "shop", self.large, "--json"), 0).json()["passed"])
        reports = sorted((self.backups / "drills").iterdir())
        unknown = rf"{DUMP}: (pg_restore ended with exit status (126|137).*|running pg_restore in .*)"
        for command, status, end in ((["backup", "verify", "shop", self.large, "--json"], 8, ""),
                                     (["restore", "shop", self.large, "--yes"], 1, "; nothing of shop was changed"),
                                     (["drill", "shop", self.large], 1, "")):
            with self.subTest(command[0]), engine.Events("container", OPERATION) as events:
                run = self.server.start(*command)
                self.kill_reader(events, run)
                result = self.assert_exit(run.finish(), status)
                if end or command[0] == "drill":
                    self.assertRegex(result.error, rf"^error: {self.large} is not known to be good{end}\n  {unknown}\n{self.MEND}$")
                else:
                    told = result.json()["sets"][0]
                    self.assertEqual(told["damage"], [])
                    self.assertRegex("\n".join(told["unknown"]), f"^{unknown}$")
        self.assertEqual(sorted((self.backups / "drills").iterdir()), reports, "it says nothing of the set")
        listed, = [one for one in self.listed() if one["id"] == self.large]
        self.assertTrue(listed["drill"]["passed"], listed)


class FlippedBits(Refusing):
    """One bit, anywhere, in each kind of file."""

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.full = cls("run").backup("weekly-full")
        cls.folder = pathlib.Path(cls.full["folder"])

    def files(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*")
                      if path.is_file() and path.name != "manifest.json")

    def test_each_file_is_known_by_its_digest(self):
        files = self.files()
        for kind in ("globals.sql", "SHA256SUMS", "RESTORE.md", DUMP, "databases/shop.attachments", "stack/.env"):
            self.assertIn(kind, files)
        self.assertTrue([name for name in files if name.endswith(".tar.zst")], files)
        self.assertTrue([name for name in files if name.endswith(".tar.gz")], files)
        with self.untouched():
            for number, name in enumerate(files):
                self.change(self.folder / name, flipped_at((0, -1, 20)[number % 3]))
            told = self.verified(self.full["id"], 8)["damage"]
            for name in files:
                self.assertIn(f"{name}: other content than recorded", told)
            self.doCleanups()
            self.assertEqual(self.verified(self.full["id"])["damage"], [])

    def test_wherever_it_is(self):
        size = (self.folder / DUMP).stat().st_size
        with self.untouched():
            for place in (0, 7, size // 3, size // 2, size - 1):
                with self.subTest(f"{place} of {size}"):
                    self.change(self.folder / DUMP, flipped_at(place))
                    told = self.verified(self.full["id"], 8)["damage"]
                    self.assertEqual(told[0], f"{DUMP}: other content than recorded")
                    self.doCleanups()

    @case.long_form
    def test_one_file_alone(self):
        volume, = self.folder.glob("volumes/*.tar.zst")
        archive, = self.folder.glob("filestore-*.tar.gz")
        with self.untouched():
            for path, place in ((self.folder / "globals.sql", -2), (volume, 20), (archive, -9)):
                with self.subTest(path.name):
                    self.change(path, flipped_at(place))
                    self.assert_refused(self.full["id"], f"{path.relative_to(self.folder)}: other content than recorded")
                    self.doCleanups()

    def test_a_list_of_attachments_that_cannot_be_read(self):
        with self.untouched():
            self.change(self.folder / "databases/shop.attachments", cut_to(100))
            told = self.verified(self.full["id"], 8)["damage"]
            self.assertRegex(told[0], r"^databases/shop\.attachments: 100 bytes instead of \d+$")
            self.assertRegex(told[1], r"^databases/shop\.attachments: /.*/databases/shop\.attachments:3: the line is cut off$")


class Manifests(Refusing):
    """A set whose manifest cannot be believed is told, and is no backup."""

    DAMAGES = {
        "emptied": (cut_to(0), "is not a JSON object: cut off or damaged"),
        "cut": (cut_to(500), "is not a JSON object: cut off or damaged"),
        "without its end": (lambda text: text[:text.rindex(b",\n")] + b"\n}\n",
                            "has no checksum as its last line: cut off or edited"),
        "one bit": (lambda text: text.replace(b'"encoding": "UTF8"', b'"encoding": "UTF9"'),
                    "its checksum is wrong: damaged or edited"),
    }

    def assert_unreadable(self, name, trouble, hint, unknown=False):
        listed, = [one for one in self.listed() if one["id"] == name]
        self.assertEqual(listed, {"id": name, "trouble": trouble})
        told = self.verified(name, 8)
        self.assertEqual((told["damage"], told["unknown"]), ([], [trouble]) if unknown else ([trouble], []))
        for command in (["restore", "shop", name, "--yes"], ["drill", "shop", name], ["backup", "show", "shop", name]):
            self.assert_error(self.server.run(*command), 3, f"error: {trouble}; nothing was changed\nhint: {hint}\n")

    def test_each_damage(self):
        folder = self.copied_set("29990101T000000Z-0bad")
        path = folder / "manifest.json"
        whole = path.read_bytes()
        for what, (change, problem) in self.DAMAGES.items():
            with self.subTest(what):
                path.write_bytes(change(whole))
                self.assert_unreadable(folder.name, f"{path}: {problem}", "use another set")
        with self.untouched():
            self.assertEqual(self.assert_exit(self.server.run("backup", "show", "shop", "--json"), 0).json()["id"],
                             self.complete()[-1])
            self.assertTrue(self.backup()["complete"])
            self.new.append(self.complete()[-1])
        self.assertTrue(folder.exists(), "the retention removed what it cannot read")

    def test_a_newer_schema_is_no_damage(self):
        folder = self.copied_set()
        rewrite(folder, lambda manifest: manifest.update(schema="ballast.backup/2"))
        with self.untouched():
            self.assert_unreadable(folder.name, f"{folder}/manifest.json: is of a newer ballast (schema ballast.backup/2, "
                                   "this one knows ballast.backup/1)",
                                   "install a ballast as new as the one that made the set", unknown=True)

    @case.long_form
    def test_a_folder_under_another_name(self):
        """Its id tells its day: taken for another one, it could be removed before its time, or hide a newer one."""
        kept = self.backups / "sets/keep-this-one"
        shutil.copytree(self.good["folder"], kept)
        self.addCleanup(shutil.rmtree, kept)
        with self.untouched():
            self.assert_unreadable("keep-this-one", f"{kept}/manifest.json: is of the set {self.good['id']}: "
                                   "its folder was copied or renamed",
                                   f"give the folder its name back: {self.good['id']}")

    def test_without_a_manifest_it_is_no_backup(self):
        folder = self.copied_set("29990101T000000Z-0bad")
        (folder / "manifest.json").unlink()
        with self.untouched():
            self.assertNotIn(folder.name, [one["id"] for one in self.listed()])
            self.assert_error(self.server.run("restore", "shop", folder.name, "--yes"), 2,
                              f"error: no backup of shop is named `{folder.name}`\n"
                              "hint: see them with: ballast backup list shop\n")


class PoolCase(Refusing):
    def setUp(self):
        """An attachment of this test alone, and a set that names it."""
        self.uploaded = upload(self.stack, "mine", f"{self.id()} ".encode() * 99)
        self.name = self.uploaded["store_fname"]
        self.path = self.backups / "pool" / self.name
        self.what = f"pool/{self.name}"
        self.live_path = self.filestore / self.name
        self.made = self.backup()["id"]
        self.content = self.path.read_bytes()

    def lose_in_production(self):
        post(self.stack, f"/shop/delete?id={self.uploaded['id']}")
        post(self.stack, "/shop/gc")
        self.assertFalse(self.live_path.exists())

    def replace_by_link(self):
        self.path.unlink()
        self.path.symlink_to(self.live_path)

    def replace_by_folder(self):
        self.path.unlink()
        self.path.mkdir()
        self.addCleanup(lambda: self.path.is_dir() and self.path.rmdir())

    def damages(self):
        return {
            "missing": (self.path.unlink, "missing"),
            "emptied": (lambda: self.path.write_bytes(b""), "other content than its name says"),
            "cut": (lambda: self.path.write_bytes(self.content[:-1]), "other content than its name says"),
            "flipped": (lambda: self.path.write_bytes(flipped_at(9)(self.content)), "other content than its name says"),
            "a link": (self.replace_by_link, "is a symbolic link"),
        }

    def assert_whole(self):
        self.assertFalse(self.path.is_symlink())
        self.assertEqual(self.path.read_bytes(), self.content)
        self.assertEqual((self.path.stat().st_uid, self.path.stat().st_mode & 0o7777), (0, 0o600))


class Pool(PoolCase):
    def test_verify_copies_it_anew_from_production(self):
        with self.untouched():
            for what, (damage, told) in self.damages().items():
                with self.subTest(what):
                    damage()
                    verified = self.verified(self.made, 8)
                    self.assertEqual((verified["damage"], verified["mended"]), ([f"{self.what}: {told}"], [self.what]))
                    self.assert_whole()
            self.assertTrue(self.verified(self.made)["good"])

    def test_what_production_has_no_more_stays_damaged(self):
        self.lose_in_production()
        with self.untouched():
            for what, (damage, told) in self.damages().items():
                with self.subTest(what):
                    damage()
                    verified = self.verified(self.made, 8)
                    self.assertEqual((verified["damage"], verified["mended"]), ([f"{self.what}: {told}"], []))
                    self.path.unlink(missing_ok=True)
                    self.path.write_bytes(self.content)
                    self.path.chmod(0o600)

    @case.long_form
    def test_nothing_is_taken_from_production_that_is_damaged_there_too(self):
        self.change(self.live_path, flipped_at(3))
        with self.untouched():
            self.path.write_bytes(flipped_at(9)(self.content))
            self.assertEqual(self.verified(self.made, 8)["mended"], [])
            self.assertEqual(self.path.read_bytes(), flipped_at(9)(self.content))
            self.path.write_bytes(self.content)

    @case.long_form
    def test_told_to_a_person(self):
        self.path.write_bytes(b"")
        result = self.assert_exit(self.server.run("backup", "verify", "shop", self.made), 8)
        self.assertRegex(result.stdout, rf"^shop {self.made}: damaged, \d+ files read, .*\n"
                                        rf"  {self.what}: other content than its name says\n"
                                        rf"  {self.what}: copied anew from production\n"
                                        r"  the disk may be failing\. See that all is well now: ballast backup verify shop --all\n$")

    def test_restore_and_drill_refuse(self):
        with self.untouched():
            for damage, told in (self.damages()["missing"], self.damages()["flipped"], self.damages()["a link"]):
                damage()
                self.assert_refused(self.made, f"{self.what}: {told}")
            self.verified(self.made, 8)  # mends it

    @case.long_form
    def test_a_folder_in_its_place(self):
        self.replace_by_folder()
        with self.untouched():
            verified = self.verified(self.made, 8)
            self.assertEqual((verified["damage"], verified["mended"]), ([f"{self.what}: is a folder"], []))
            self.assertEqual(verified["unknown"], [f"the pool could not be mended: cannot write {self.path}: is a directory"])
            self.assert_error(self.server.run("backup", "shop"), 1,
                              f"error: no backup of shop was made: cannot write {self.path}: is a directory\n")
            self.path.rmdir()
            self.assertEqual(self.verified(self.made, 8)["mended"], [self.what])

    @case.long_form
    def test_what_others_may_have_read_or_changed(self):
        """The content is what it was: that is no damage, but whoever could change it could have."""
        dump = pathlib.Path(self.backups / "sets" / self.made / DUMP)
        owner = os.stat(dump).st_uid
        self.addCleanup(os.chown, dump, owner, owner)
        with self.untouched():
            os.chown(self.path, 101, 101)
            self.path.chmod(0o644)
            os.chown(dump, 101, 101)
            told = self.verified(self.made)
            self.assertEqual((told["good"], told["damage"]), (True, []))
            self.assertRegex("\n".join(told["exposed"]), rf"^{DUMP}: owner .+, mode 0600 instead of root, 0600\n"
                                                         rf"{self.what}: owner .+, mode 0644 instead of root, 0600$")
            result = self.assert_exit(self.server.run("backup", "verify", "shop", self.made), 0)
            self.assertRegex(result.stdout, rf"(?m)^  {self.what}: owner .*: others may have read or changed it$")
            os.chown(self.path, 0, 0)
            self.path.chmod(0o600)
            os.chown(dump, owner, owner)
            self.assertEqual(self.verified(self.made)["exposed"], [])


class PoolAndTheNextBackup(PoolCase):
    def test_missing_cut_or_emptied_is_copied_anew(self):
        for what in ("missing", "emptied", "cut", "a link"):
            with self.subTest(what):
                self.damages()[what][0]()
                made = self.backup()
                self.assertTrue(made["complete"])
                self.assert_whole()
        self.assertTrue(self.verified(self.made)["good"])

    @case.long_form
    def test_emptied_and_production_has_no_more(self):
        """A row still names it: then production has lost it, and older sets that name it are damaged."""
        self.path.write_bytes(b"")
        content = self.live_path.read_bytes()
        self.live_path.unlink()
        made = self.backup(status=8)
        self.assertTrue(made["complete"])
        self.assertEqual(made["databases"][0]["lost_in_production"], [{"attachment": self.name, "what": "missing", "kept": False}])
        self.assertEqual(made["pool_damage"], [{"attachment": self.name, "replaced": False}])
        self.assertNotIn(self.name, self.names_of(made))
        self.live_path.write_bytes(content)
        os.chown(self.live_path, 101, 101)
        self.assertTrue(self.backup()["complete"])
        self.assert_whole()

    @case.long_form
    def test_an_archive_of_all_is_not_made_of_damaged_files(self):
        self.path.write_bytes(flipped_at(9)(self.content))
        result = self.assert_exit(self.server.run("backup", "shop", "weekly-full", "--json"), 0)
        self.assertTrue(result.json()["complete"])
        self.assertIn(f"{self.name} was damaged in the pool: copied anew from production", result.stderr)
        self.assert_whole()

    def test_an_archive_that_would_be_damaged_is_not_whole(self):
        self.path.write_bytes(flipped_at(9)(self.content))
        self.change(self.live_path, flipped_at(3))
        complete = self.complete()
        made = self.backup("weekly-full", status=7)
        archive = f"filestore-{made['id'][:8]}.tar.gz"
        self.assertEqual(made["reasons"], [f"{archive}: {self.name} is damaged in the pool, and production has it no more"])
        self.assertEqual(self.complete(), complete)
        self.assertFalse((pathlib.Path(made["folder"]) / archive).exists())
        self.path.write_bytes(self.content)


if __name__ == "__main__":
    case.main()
