"""Another reader of backups, written from docs/formats.md and nothing else: what it cannot know, the document lacks."""

import hashlib
import json
import os
import pathlib
import re
import sys

SCHEMA = "ballast.backup/1"
ATTACHMENT = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{38}")


class Refused(Exception):
    """A manifest that is missing, cannot be believed, or is of a schema that this reader does not know."""


def require(is_so, otherwise):
    if not is_so:
        raise Refused(otherwise)


def digest(path, algorithm):
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def is_file(path):
    return path.is_file() and not path.is_symlink()


def stays_in_the_set(path):
    parts = path.split("/")
    return not {"", ".", ".."} & set(parts) and not re.search(r"[\\\x00-\x1f\x7f]", path)


def require_checksum(raw):
    before = raw.rpartition(b'\n  "checksum": ')[0] + b"\n"
    end = f'  "checksum": "{hashlib.sha256(before).hexdigest()}"\n}}\n'
    require(raw == before + end.encode(), "another checksum, or none at the end")


def named_files(manifest):
    """What other members name of the files."""
    databases = manifest["databases"]
    named = [one["dump"] for one in databases] + [one["archive"] for one in manifest["volumes"]]
    named += [one["attachments"]["list"] for one in databases if one["attachments"]]
    named += [manifest["filestore"]["archive"]] if manifest["filestore"] else []
    return set(named) - {""}


def require_sense(manifest):
    paths = [one["path"] for one in manifest["files"]]
    databases = [one["name"] for one in manifest["databases"]]
    require(manifest["complete"] == (not manifest["reasons"]), "complete and reasons contradict each other")
    require(not manifest["complete"] or all(one["dump"] for one in manifest["databases"]), "complete without a dump")
    require(len(set(paths)) == len(paths) and len(set(databases)) == len(databases), "a name twice")
    require(named_files(manifest) <= set(paths), "a file that is not among the files")
    require(all(map(stays_in_the_set, paths)), "a path out of the set")


def read_manifest(folder):
    try:
        raw = (folder / "manifest.json").read_bytes()
        manifest = json.loads(raw.decode())
    except (OSError, ValueError) as error:
        raise Refused(f"not there, or no JSON: {error}") from error
    require(isinstance(manifest, dict) and manifest.get("schema") == SCHEMA, "another schema")
    require_checksum(raw)
    require(manifest["id"] == folder.name, "of another set")
    require_sense(manifest)
    return manifest


def sets(backups):
    """The ids of what counts as a backup, by time."""
    found = []
    for folder in sorted((pathlib.Path(backups) / "sets").iterdir()):
        try:
            if read_manifest(folder)["complete"]:
                found.append(folder.name)
        except Refused:
            pass
    return found


def names_in(path):
    """The attachments that a list names; None when it is no list."""
    try:
        text = path.read_bytes().decode("ascii")
    except (OSError, ValueError):
        return None
    names = text.splitlines()
    is_list = names == sorted(set(names)) and all(map(ATTACHMENT.fullmatch, names)) and len(text) == 44 * len(names)
    return names if is_list else None


def is_whole(path, size, sha256):
    return is_file(path) and (path.stat().st_size, digest(path, "sha256")) == (size, sha256)


def damage_of_attachments(backups, folder, attachments):
    names = names_in(folder / attachments["list"])
    if names is None or len(names) != attachments["count"]:
        yield attachments["list"]
    for name in names or []:
        path = backups / "pool" / name
        if not is_file(path) or digest(path, "sha1") != name[3:]:
            yield f"pool/{name}"


def damage_of(backups, folder, manifest):
    for one in manifest["files"]:
        if not is_whole(folder / one["path"], one["size"], one["sha256"]):
            yield one["path"]
    sums = "".join(f"{one['sha256']}  {one['path']}\n" for one in manifest["files"] if one["path"] != "SHA256SUMS")
    path = folder / "SHA256SUMS"
    if not path.is_file() or path.read_bytes() != sums.encode():
        yield "SHA256SUMS"
    for database in manifest["databases"]:
        if database["attachments"]:
            yield from damage_of_attachments(backups, folder, database["attachments"])


def verify(backups, name):
    """Whether a set is refused, whether complete, and the paths of what is damaged; the dumps are not read to their end."""
    backups = pathlib.Path(backups)
    folder = backups / "sets" / name
    try:
        manifest = read_manifest(folder)
    except Refused as refused:
        return {"refused": str(refused), "complete": False, "damage": []}
    return {"refused": "", "complete": manifest["complete"], "damage": sorted(set(damage_of(backups, folder, manifest)))}


def rebuild_filestore(backups, name, database, target):
    """filestore/<database>/ below `target`, as it is to be below the mount."""
    backups, target = pathlib.Path(backups), pathlib.Path(target)
    folder = backups / "sets" / name
    manifest = read_manifest(folder)
    filestore = manifest["filestore"]
    mode = int(filestore["mode"], 8)
    listed, = [one["attachments"]["list"] for one in manifest["databases"] if one["name"] == database]
    root = target / "filestore" / database
    for attachment in names_in(folder / listed):
        (root / attachment).parent.mkdir(parents=True, exist_ok=True)
        (root / attachment).write_bytes((backups / "pool" / attachment).read_bytes())
    for path in [target / "filestore", *(target / "filestore").rglob("*")]:
        os.chown(path, filestore["uid"], filestore["gid"])
        path.chmod(mode if path.is_dir() else mode & 0o666)


if __name__ == "__main__":
    print(json.dumps(verify(*sys.argv[1:]), indent=2))
