"""What the tests of damage share: a set that is made to lie, and proof that nothing else was touched."""

import contextlib
import hashlib
import json
import pathlib
import re
import shutil
import subprocess

from support.backups import BackupCase, in_database

# What the shop writes by itself each second.
RESTLESS = ("job_run", "job_run_id_seq", "ir_cron")
DATABASES = "select datname from pg_database where not datistemplate order by 1"


def cut_to(size):
    return lambda content: content[:size]


def flipped_at(place):
    """One bit; a place below zero is from the end."""
    def flip(content):
        changed = bytearray(content)
        changed[place] ^= 1
        return bytes(changed)
    return flip


def sealed(manifest):
    """The text of a manifest with its checksum, as docs/formats.md says."""
    text = json.dumps({key: value for key, value in manifest.items() if key != "checksum"}, indent=2, ensure_ascii=False)
    body = text.removesuffix("\n}") + ",\n"
    return f'{body}  "checksum": "{hashlib.sha256(body.encode()).hexdigest()}"\n}}\n'


def rewrite(folder, change):
    """Changes what a manifest says, so that its checksum is right again."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(sealed(manifest))


def describe_file(folder, path):
    """Makes the manifest tell the size and digest that a file has now."""
    content = (folder / path).read_bytes()

    def change(manifest):
        entry, = [one for one in manifest["files"] if one["path"] == path]
        entry.update(size=len(content), sha256=hashlib.sha256(content).hexdigest())
    rewrite(folder, change)


class DamageCase(BackupCase):
    """A complete set that stays as it is, `good`, and the live site, which nothing here may touch."""

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.good = cls("run").backup("--tag", "the good one")

    def live(self):
        """Every database with its rows, every attachment with owner, mode and content."""
        names = in_database(self.stack, "psql", "-X", "-A", "-t", "-U", "odoo", "-d", "template1", "-c", DATABASES)
        rows = {name: self.rows_of(name) for name in names.splitlines() if name != "postgres"}
        files = {}
        for path in self.filestore.parent.rglob("*"):
            info = path.lstat()
            content = hashlib.sha1(path.read_bytes()).hexdigest() if path.is_file() else ""
            files[str(path)] = (info.st_uid, info.st_gid, info.st_mode, content)
        return rows, files

    def rows_of(self, database):
        without = [word for name in RESTLESS for word in ("-T", name)]
        text = in_database(self.stack, "env", f"PGDATABASE={database}", "pg_dump", "-U", "odoo", "--data-only", *without)
        # A server that was killed skips numbers of its sequences.
        return hashlib.sha1(re.sub(r"(?m)^(\\(un)?restrict |SELECT pg_catalog.setval).*\n", "", text).encode()).hexdigest()

    def listed(self):
        return self.assert_exit(self.server.run("backup", "list", "shop", "--json"), 0).json()["sets"]

    def complete(self):
        """What counts as a backup."""
        return [one["id"] for one in self.listed() if one.get("complete")]

    def verified(self, name, status=0):
        return self.assert_exit(self.server.run("backup", "verify", "shop", name, "--json"), status).json()["sets"][0]

    @contextlib.contextmanager
    def untouched(self, *new):
        """Live data, and what counts as a backup, are the same afterwards; `new` says which sets may be more."""
        live, complete = self.live(), self.complete()
        self.new = list(new)
        yield
        self.assertEqual(self.live(), live)
        self.assertEqual(self.complete(), complete + self.new)
        self.assertTrue(self.verified(self.good["id"])["good"])
        self.assertEqual([str(path) for folder in ("incoming", "trash") for path in (self.backups / folder).glob("*")], [])
        self.assert_nothing_left(self.stack)

    def copied_set(self, name="20200101T000000Z-0bad"):
        """The good set once more under another name, to be damaged."""
        folder = self.backups / "sets" / name
        shutil.copytree(self.good["folder"], folder)
        self.addCleanup(shutil.rmtree, folder, True)
        rewrite(folder, lambda manifest: manifest.update(id=name))
        return folder

    def change(self, path, change):
        """Changes a file in place for as long as the test runs."""
        path = pathlib.Path(path)
        content = path.read_bytes()
        path.write_bytes(change(content))
        self.addCleanup(path.write_bytes, content)


def mount_small_disk(path, size):
    """A file system of its own; only root can have one."""
    path.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "ballast-test", str(path)], check=True)


def unmount(path):
    subprocess.run(["umount", "--lazy", str(path)], check=False, capture_output=True)
