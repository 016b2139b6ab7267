"""The formats are what docs/formats.md says: a reader that was written from it alone agrees with the program, set by set."""

import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, second_reader  # noqa: E402
from support.backups import in_database, upload  # noqa: E402
from support.case import WITHOUT_CANDIDATE, remove_folder  # noqa: E402
from support.damage import DamageCase, cut_to, describe_file, flipped_at, rewrite  # noqa: E402

DUMP = "databases/shop.dump"
LIST = "databases/shop.attachments"
ODD = "ten ä%"


class Agreeing(DamageCase):
    def read(self, name):
        return second_reader.verify(self.backups, name)

    def assert_agreed(self, name, damage=()):
        """The second reader first: the program mends what it finds in the pool."""
        read = self.read(name)
        told = self.verified(name, 8 if damage else 0)
        self.assertEqual({line.partition(": ")[0] for line in told["damage"]}, set(damage), told)
        self.assertEqual((read["refused"], read["damage"]), ("", sorted(damage)))
        return read

    def assert_same_sets(self):
        self.assertEqual(second_reader.sets(self.backups), self.complete())

    def assert_refused(self, name):
        """By both, and it counts for neither."""
        self.assertTrue(self.read(name)["refused"])
        listed, = [one for one in self.listed() if one["id"] == name]
        self.assertEqual(set(listed), {"id", "trouble"})
        self.assertFalse(self.verified(name, 8)["good"])
        self.assert_same_sets()

    def owned(self, root):
        """Owner, mode and content below a folder, by path."""
        found = {}
        for path in [root, *root.rglob("*")]:
            info = path.lstat()
            content = hashlib.sha1(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[str(path.relative_to(root))] = (info.st_uid, info.st_gid, info.st_mode & 0o7777, content)
        return found

    def rebuilt(self, name, database):
        target = pathlib.Path(tempfile.mkdtemp(prefix="second-reader-", dir=self.server.root))
        self.addCleanup(remove_folder, target)
        second_reader.rebuild_filestore(self.backups, name, database, target)
        return self.owned(target / "filestore")

    def psql(self, sql, database="template1"):
        in_database(self.stack, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "odoo", "-d", database, "-c", sql)

    def make_database(self, name, sql):
        self.psql(f'create database "{name}"')
        self.addCleanup(self.psql, f'drop database "{name}" with (force)')
        self.psql(sql, name)


class Sets(Agreeing):
    def test_a_complete_one(self):
        self.assertTrue(self.assert_agreed(self.good["id"])["complete"])
        self.assert_same_sets()
        self.assertIn(self.good["id"], second_reader.sets(self.backups))
        rebuilt = self.rebuilt(self.good["id"], "shop")
        live = self.owned(self.filestore.parent)
        self.assertEqual(rebuilt, {path: live[path] for path in rebuilt})
        files = {path for path, facts in rebuilt.items() if facts[3]}
        self.assertEqual(files, {f"shop/{name}" for name in self.names_of(self.good)})

    def test_the_archive_of_a_weekly_full_one(self):
        made = self.backup("weekly-full")
        self.assertTrue(self.assert_agreed(made["id"])["complete"])
        archive = pathlib.Path(made["folder"]) / self.manifest(made)["filestore"]["archive"]
        with tarfile.open(archive) as tar:
            packed = {member.name: (member.uid, member.gid, member.mode, self.sha1_in(tar, member)) for member in tar}
        rebuilt = self.rebuilt(made["id"], "shop")
        self.assertEqual(packed, {str(pathlib.PurePath("filestore") / path): facts for path, facts in rebuilt.items()})

    def sha1_in(self, tar, member):
        return hashlib.sha1(tar.extractfile(member).read()).hexdigest() if member.isfile() else ""

    def test_an_incomplete_one(self):
        self.make_database("other", "create table ir_attachment (unknown text)")
        made = self.backup(status=7)
        read = self.assert_agreed(made["id"])
        self.assertFalse(read["complete"])
        self.assertNotIn(made["id"], second_reader.sets(self.backups))
        self.assert_same_sets()
        self.assertEqual([one["attachments"] for one in self.manifest(made)["databases"] if one["name"] == "other"], [None])
        self.assertTrue(self.rebuilt(made["id"], "shop"))

    def test_one_with_an_odd_name(self):
        name = self.names_of(self.good)[0]
        folder = self.filestore.with_name(ODD)
        self.addCleanup(shutil.rmtree, folder)
        subprocess.run(["cp", "-a", str(self.filestore), str(folder)], check=True)
        self.make_database(ODD, f"create table ir_attachment (store_fname text); insert into ir_attachment values ('{name}')")
        made = self.backup()
        self.assertTrue(self.assert_agreed(made["id"])["complete"])
        self.assertTrue((pathlib.Path(made["folder"]) / "databases/ten%20%C3%A4%25.attachments").exists())
        rebuilt = self.rebuilt(made["id"], ODD)
        self.assertEqual([path for path, facts in rebuilt.items() if facts[3]], [f"{ODD}/{name}"])
        live = self.owned(self.filestore.parent)
        self.assertEqual(rebuilt, {path: live[path] for path in rebuilt})

    def test_one_with_losses_of_production(self):
        gone = upload(self.stack, "gone", b"lost before it was pooled")["store_fname"]
        kept = upload(self.stack, "kept", b"lost after it was pooled")["store_fname"]
        content = (self.filestore / gone).read_bytes()
        (self.filestore / gone).unlink()
        self.addCleanup((self.filestore / gone).write_bytes, content)
        self.backup()
        self.change(self.filestore / kept, lambda _: b"other bytes")
        made = self.backup()
        self.assertTrue(self.assert_agreed(made["id"])["complete"])
        damage = {one["attachment"]: (one["what"], one["kept"]) for one in self.manifest(made)["databases"][0]["damage"]}
        self.assertEqual(damage, {gone: ("missing", False), kept: ("damaged", True)})
        files = self.rebuilt(made["id"], "shop")
        self.assertNotIn(f"shop/{gone}", files)
        self.assertEqual(files[f"shop/{kept}"][3], kept[3:])


@case.long_form
class WholeVolume(Agreeing):
    """Without the preset there are no attachments: what lies in the volume is in its archive."""

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.stack.set_policy(WITHOUT_CANDIDATE + "preset: generic\nport: 8069\ndata: [/var/lib/odoo]\n")

    def test_it_is_packed_from_its_top(self):
        (self.filestore.parents[1] / ".ballast-mine").mkdir()
        made = self.backup()
        self.assertTrue(self.assert_agreed(made["id"])["complete"])
        self.assertEqual(self.manifest(made)["filestore"], None)
        archive, = self.archives_of(made)
        volume = self.owned(self.filestore.parents[1])
        self.assertEqual(self.packed(archive), set(volume) - {".", ".ballast-mine"})
        self.change(archive, flipped_at(-5))
        self.assert_agreed(made["id"], {str(archive.relative_to(made["folder"]))})

    def test_beside_attachments_the_rest(self):
        archive, = self.archives_of(self.good)
        volume = {path for path in self.owned(self.filestore.parents[1]) if path.split("/")[0] != "filestore"}
        self.assertEqual(self.packed(archive), volume - {".", ".ballast-mine"})

    def archives_of(self, made):
        return [pathlib.Path(made["folder"]) / one["archive"] for one in self.manifest(made)["volumes"]]

    def packed(self, archive):
        content = subprocess.run(["zstd", "-dc", str(archive)], check=True, capture_output=True).stdout
        names = subprocess.run(["tar", "-t"], input=content, check=True, capture_output=True).stdout.decode()
        return {name.rstrip("/") for name in names.splitlines()}


@case.long_form
class Damages(Agreeing):
    """Each is found by both, under the same name."""

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.folder = pathlib.Path(cls.good["folder"])
        cls.attachment = cls.uploaded[3]

    def put_back(self, path, content):
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)

    def assert_found(self, path, found, damage):
        self.addCleanup(self.put_back, path, path.read_bytes())
        damage(path)
        read = self.assert_agreed(self.good["id"], found)
        self.doCleanups()
        return read

    def in_place(self, change):
        return lambda path: path.write_bytes(change(path.read_bytes()))

    def as_link(self, path):
        aside = self.server.path("aside")
        shutil.copyfile(path, aside)
        path.unlink()
        path.symlink_to(aside)

    def ways(self):
        return {"a bit": self.in_place(flipped_at(9)), "cut": self.in_place(cut_to(-1)), "emptied": self.in_place(cut_to(0)),
                "missing": pathlib.Path.unlink, "a link": self.as_link}

    def test_in_the_pool(self):
        for what, damage in self.ways().items():
            with self.subTest(what):
                self.assert_found(self.backups / "pool" / self.attachment, {f"pool/{self.attachment}"}, damage)

    def test_in_the_dump(self):
        for what, damage in self.ways().items():
            with self.subTest(what):
                self.assertTrue(self.assert_found(self.folder / DUMP, {DUMP}, damage)["complete"], "damaged is not incomplete")

    @case.long_form
    def test_in_each_kind_of_file(self):
        files = {"SHA256SUMS", "RESTORE.md", "globals.sql", LIST, "stack/.env"}
        for name in files:
            self.change(self.folder / name, flipped_at(2))
        self.assert_agreed(self.good["id"], files)
        self.doCleanups()
        self.assert_agreed(self.good["id"])

    def test_a_list_that_names_another(self):
        last = self.names_of(self.good)[-1]
        other = last[:-1] + ("0" if last[-1] != "0" else "1")
        self.assert_found(self.folder / LIST, {LIST, f"pool/{other}"},
                          self.in_place(lambda text: text.replace(last.encode(), other.encode())))

    def test_a_list_that_tells_less(self):
        """Its sum is right, and its count is not; or it is no list, one name twice."""
        for what, change in (("less", lambda text: text[44:]), ("twice", lambda text: text[:44] + text[:-44])):
            with self.subTest(what):
                folder = self.copied_set()
                path = folder / LIST
                path.write_bytes(change(path.read_bytes()))
                describe_file(folder, LIST)
                self.describe_in_sums(folder)
                self.assert_agreed(folder.name, {LIST})
                self.doCleanups()

    def describe_in_sums(self, folder):
        files = json.loads((folder / "manifest.json").read_text())["files"]
        text = "".join(f"{one['sha256']}  {one['path']}\n" for one in files if one["path"] != "SHA256SUMS")
        (folder / "SHA256SUMS").write_text(text)
        describe_file(folder, "SHA256SUMS")

    def test_what_nobody_names_is_no_damage(self):
        strange = self.backups / "pool" / f"{self.attachment[:3]}.{self.attachment[3:]}.ballast-abcdef"
        for path in (self.folder / "stray", strange):
            path.write_bytes(b"stray")
            self.addCleanup(path.unlink)
        self.assert_agreed(self.good["id"])

    def test_a_wider_mode_is_no_damage(self):
        (self.folder / DUMP).chmod(0o644)
        self.addCleanup((self.folder / DUMP).chmod, 0o600)
        self.assert_agreed(self.good["id"])


class Manifests(Agreeing):
    def troubled(self):
        return {one["id"] for one in self.listed() if "trouble" in one}

    def test_a_bit_anywhere(self):
        folder = self.copied_set()
        path = folder / "manifest.json"
        whole = path.read_bytes()
        size = len(whole)
        for place in [*range(0, size, size // 20), *range(size - 90, size, 6), size - 2, size - 1]:
            with self.subTest(f"{place} of {size}"):
                path.write_bytes(flipped_at(place)(whole))
                self.assertTrue(self.read(folder.name)["refused"])
                self.assertEqual(self.troubled(), {folder.name})
        self.assert_refused(folder.name)

    def test_another_end(self):
        folder = self.copied_set()
        path = folder / "manifest.json"
        whole = path.read_bytes()
        for change in (cut_to(0), cut_to(500), cut_to(-1), lambda text: text + b"\n", lambda text: text.replace(b"\n", b"\r\n"),
                       lambda text: text[:text.rindex(b",\n")] + b"\n}\n"):
            path.write_bytes(change(whole))
            with self.subTest(path.read_bytes()[-100:]):
                self.assert_refused(folder.name)

    def test_missing(self):
        folder = self.copied_set()
        (folder / "manifest.json").unlink()
        self.assertTrue(self.read(folder.name)["refused"])
        self.assertNotIn(folder.name, [one["id"] for one in self.listed()])
        self.assert_exit(self.server.run("backup", "verify", "shop", folder.name), 2)
        self.assert_same_sets()

    def test_what_contradicts_itself(self):
        changes = {
            "a newer schema": lambda set: set.update(schema="ballast.backup/2"),
            "another id": lambda set: set.update(id=self.good["id"]),
            "complete": lambda set: set.update(reasons=["something"]),
            "incomplete": lambda set: set.update(complete=False),
            "no dump": lambda set: set["databases"][0].update(dump=""),
            "a file twice": lambda set: set["files"].append(set["files"][0]),
            "a database twice": lambda set: set["databases"].append(set["databases"][0]),
            "a file that is not named": lambda set: set["files"].remove(self.entry(set, LIST)),
            "up": lambda set: self.entry(set, "globals.sql").update(path="../globals.sql"),
            "absolute": lambda set: self.entry(set, "globals.sql").update(path="/globals.sql"),
            "a control character": lambda set: self.entry(set, "globals.sql").update(path="globals\t.sql"),
        }
        for what, change in changes.items():
            with self.subTest(what):
                folder = self.copied_set()
                rewrite(folder, change)
                self.assert_refused(folder.name)
                self.doCleanups()

    def entry(self, manifest, path):
        return next(one for one in manifest["files"] if one["path"] == path)

    def test_what_it_does_not_know_is_passed_over(self):
        folder = self.copied_set()
        rewrite(folder, lambda manifest: manifest.update(later={"of": "another version"}))
        self.assertTrue(self.assert_agreed(folder.name)["complete"])
        self.assert_same_sets()
        self.assertIn(folder.name, second_reader.sets(self.backups))


if __name__ == "__main__":
    case.main()
