"""What must hold of a stack after a recovery, whatever was killed before it."""

import fcntl
import re

from support import engine

NOTE = re.compile(r"SHOP_NOTE: .*")
NOTE_PLACE = "      HOST: db\n"  # in the compose file: behind it a note may stand
NEWEST_GOOD = "select tag from release where stack = ? and outcome = 'good' order by number desc limit 1"


class Agreement:
    """Knows a stack as it is in order; `problems` tells in what it is not."""

    def __init__(self, stack, releases, carried):
        """`carried`: tag → compose file and policy, of releases that bring them; or nothing."""
        self.stack = stack
        self.server = stack.server
        self.releases = releases
        self.carried = carried
        self.database = self._database()
        self.files = self._files()
        self.texts = {tag: carried[tag][0] if carried else stack.compose_path.read_text() for tag in releases}
        self.notes = 0
        self.expect("deploy")

    def other_release(self):
        return next(tag for tag in self.releases if tag != self.stack.tag())

    def change_by_hand(self):
        """The compose file differs from the one that the other release ran with."""
        self.notes += 1
        text = self.stack.compose_path.read_text()
        if not NOTE.search(text):
            text = text.replace(NOTE_PLACE, NOTE_PLACE + "      SHOP_NOTE: none\n")
        self.stack.compose_path.write_text(NOTE.sub(f"SHOP_NOTE: note{self.notes}", text))

    def expect(self, kind):
        """What is now is what an operation of that kind, which begins, may be undone to."""
        self.kind = kind
        self.tag_before = self.stack.tag()
        self.text_before = self.stack.compose_path.read_text()

    def problems(self):
        looks = (self._wrong_version, self._wrong_configuration, self._wrong_history, self._unfinished,
                 self._left_containers, self._left_files, self._touched, self._locked)
        return [found for look in looks for found in self._looked(look)]

    def _looked(self, look):
        try:
            return list(look())
        except (AssertionError, OSError, KeyError) as error:
            return [f"{look.__name__}: {error}"]

    def _wrong_version(self):
        told = {"the site": self.stack.version(),
                ".env": self.stack.tag(),
                "the container": self.stack.container("web")["Config"]["Image"].rpartition(":")[2],
                "last_good_sha": (self.server.last_good(self.stack.name) or "").strip(),
                "the journal": self._newest_good(),
                "history.log": self._newest_in_history()}
        if len(set(told.values())) != 1 or told["the site"] not in self.releases:
            yield f"these must be one good release: {told}"

    def _newest_good(self):
        rows = self.server.journal(NEWEST_GOOD, self.stack.name)
        return rows[0]["tag"] if rows else None

    def _newest_in_history(self):
        return [entry[1] for entry in self.server.history() if entry[3] in ("success", "rollback")][-1]

    def _wrong_configuration(self):
        tag, text = self.stack.tag(), self.stack.compose_path.read_text()
        finished = tag != self.tag_before
        expected = self.texts[tag] if finished and self.kind == "rollback" else self.text_before
        if self.carried and finished and self.kind == "deploy":
            expected = self.carried[tag][0]
        if text != expected:
            yield f"the compose file is not that of {tag}"
        if self.carried and self.stack.policy_path.read_text() != self.carried[tag][1]:
            yield f"the policy is not that of {tag}"
        if finished:
            self.texts[tag] = text
            yield from self._wrong_note(text)

    def _wrong_note(self, text):
        note = re.search("SHOP_NOTE: (.*)", text)
        if note and f"SHOP_NOTE={note[1]}" not in self.stack.container("web")["Config"]["Env"]:
            yield "the container was not made from the compose file"

    def _wrong_history(self):
        if self.server.history_text().splitlines() != self.server.journal_history():
            yield "history.log is not what the journal holds"

    def _unfinished(self):
        for row in self.server.unfinished():
            yield f"the journal still has a running operation: {row}"

    def passing_containers(self):
        """Candidates, and containers in which an image was looked at: these are not of the project."""
        ours = {row["id"] for row in self.server.journal("select id from operation")}
        return [one for one in engine.containers(engine.CANDIDATE) if one["Config"]["Labels"][engine.CANDIDATE] in ours]

    def _left_containers(self):
        for one in self.passing_containers():
            yield f"a container is left of what was only looked at: {one['Name']}"
        for one in self.stack.containers():
            if re.match(r"/[0-9a-f]{12}_", one["Name"]):
                yield f"a container has not got its name back: {one['Name']}"

    def _left_files(self):
        for path in self.server.root.rglob("*.ballast-*"):
            yield f"a torn write is left: {path}"
        for path in self.server.path("var/lib/ballast/releases").glob("*/*-image"):
            yield f"the files of an image are left: {path}"
        for name in sorted(self._files() - self.files):
            yield f"a file is left in the stack's folder: {name}"

    def _touched(self):
        if self._database() != self.database:
            yield "the database container was touched"

    def _locked(self):
        for path in self.server.path("run/ballast").glob("*.lock"):
            if is_locked(path):
                yield f"{path.name} is still locked"

    def _database(self):
        container = self.stack.container("db")
        return container["Id"], container["State"]["StartedAt"]

    def _files(self):
        return {str(path.relative_to(self.stack.directory)) for path in self.stack.directory.rglob("*")}


def is_locked(path):
    with open(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
