"""The audit chain: what enters it, where its head is told, and every kind of tampering that root can do."""

import contextlib
import hashlib
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case  # noqa: E402
from support.case import ServerCase, must  # noqa: E402
from support.server import WITHOUT_BACKUP, binary  # noqa: E402

PLAIN = "verify: {timeout: 15s, settle: 0s}\n"
OLD_HISTORY = """\
2024-03-01T10:00:00+09:00 | plain | v0 | prod | success | mia
2024-03-02 10:00 plain rolled back by hand, see ticket 12
2024-03-03T10:00:00+09:00 | other | v0 | prod | failed | ken
"""
COLUMNS = "number, at, kind, stack, who, content, previous, hash"


def hash_of(record):
    """As docs/formats.md says it."""
    fields = ("ballast.audit/1", record["number"], record["at"], record["kind"], record["stack"], record["who"],
              record["content"], record["previous"])
    return hashlib.sha256("".join(f"{field}\n" for field in fields).encode()).hexdigest()


class Tampered:
    """A copy of what the server keeps, for a test to change."""

    def __init__(self, server):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix=f"{server.prefix}-tampered-"))
        self.path = self.root / "var/lib/ballast/ballast.db"
        self.path.parent.mkdir(parents=True)
        self.log = self.root / "srv/deployments/history.log"
        self.log.parent.mkdir(parents=True)
        source = sqlite3.connect(f"file:{server.path('var/lib/ballast/ballast.db')}?mode=ro", uri=True)
        with contextlib.closing(source), self.database() as copy:
            source.backup(copy)
        shutil.copyfile(server.history_path, self.log)

    def remove(self):
        shutil.rmtree(self.root)

    @contextlib.contextmanager
    def database(self):
        with contextlib.closing(sqlite3.connect(self.path)) as database, database:
            database.row_factory = sqlite3.Row
            yield database

    def sql(self, *statements):
        with self.database() as database:
            for statement in statements:
                database.execute(statement)

    def records(self):
        with self.database() as database:
            return [dict(row) for row in database.execute(f"select {COLUMNS} from audit order by number")]

    def replace(self, records):
        with self.database() as database:
            database.execute("delete from audit")
            database.executemany(f"insert into audit values ({', '.join(f':{one}' for one in COLUMNS.split(', '))})", records)

    def recompute(self, records):
        """As root would who knows how: every number and hash is made anew."""
        previous = "0" * 64
        for number, record in enumerate(records, 1):
            record.update(number=number, previous=previous)
            previous = record["hash"] = hash_of(record)
        self.replace(records)

    def lines(self, change):
        """The lines of history.log, changed by `change`."""
        lines = self.log.read_text().splitlines()
        change(lines)
        self.log.write_text("".join(f"{line}\n" for line in lines))

    def verify(self, *options):
        done = subprocess.run([binary(), "audit", "verify", "--json", "--root", str(self.root), *options], text=True,
                              capture_output=True, timeout=120, check=False)
        return done.returncode, json.loads(done.stdout)

    def head(self):
        record = self.records()[-1]
        return f"{record['number']}:{record['hash']}"


class Untouched:
    def test_it_is_good_and_says_so(self):
        shown = self.assert_exit(self.server.run("audit", "verify"), 0)
        self.assertRegex(shown.stdout, r"^\d+ records, the head is \d+:[0-9a-f]{64}\n"
                                       r"nothing was changed, removed, inserted or reordered\n")
        self.assert_found(self.tampered())

    def test_everything_that_was_done_is_in_it(self):
        records = must(self.server.run("audit", "export", "--json")).json()["records"]
        events = [(one["kind"], one["content"].get("event"), one["content"].get("kind") or one["content"].get("status"))
                  for one in records]
        self.assertEqual(events[:2], [("beginning", None, None), ("history", "file", None)])
        for event in (("operation", "begun", "deploy"), ("operation", "begun", "backup"), ("operation", "begun", "rollback"),
                      ("history", "line", "success"), ("history", "line", "rollback"), ("operation", "ended", None),
                      ("operation", "release", None), ("silence", "silenced", None)):
            self.assertIn(event, events)
        self.assertEqual({one["who"] for one in records if one["kind"] == "silence"}, {"ann"})
        self.assertEqual(len([one for one in events if one[:2] == ("history", "line")]), len(self.server.journal_history()))
        shown = must(self.server.run("audit", "list", "--kind", "silence")).stdout
        self.assertRegex(shown, r"silence +plain +ann +silenced .*rule=disk-full .*reason='new disk'")

    def test_the_hash_is_what_the_document_says(self):
        for record in self.tampered().records():
            self.assertEqual(record["hash"], hash_of(record))

    def test_stock_tools_compute_it_too(self):
        if not shutil.which("sqlite3"):
            self.skipTest("sqlite3 is not installed")
        tampered = self.tampered()
        text = (pathlib.Path(__file__).resolve().parents[2] / "docs/formats.md").read_text()
        command = re.search(r"(?m)^(sqlite3 .*audit.*sha256sum)$", text).group(1)
        command = command.replace("= 57", "= 7").replace("/var/lib/ballast/ballast.db", str(tampered.path))
        done = subprocess.run(["bash", "-c", command], text=True, capture_output=True, timeout=60, check=True)
        self.assertEqual(done.stdout.split()[0], tampered.records()[6]["hash"])

    def test_its_head_is_in_every_notification_and_in_every_set(self):
        heads = [json.loads(line)["audit_head"] for line in self.notes.read_text().splitlines()]
        self.assertGreaterEqual(len(heads), 1)
        manifest = json.loads((pathlib.Path(self.made["folder"]) / "manifest.json").read_text())
        options = [word for head in [*heads, manifest["audit_head"]] for word in ("--head", head)]
        told = self.assert_found(self.tampered(), options=options)
        self.assertEqual(len(told["heads"]), len(heads) + 1)
        self.assertTrue(all(one["later"] > 0 for one in told["heads"]))
        shown = self.assert_exit(self.server.run("audit", "verify", "--head", manifest["audit_head"]), 0).stdout
        self.assertRegex(shown, r"(?m)^record \d+ has the hash that was published; \d+ records came after it$")

    def test_without_a_journal_nothing_is_called_good(self):
        empty = pathlib.Path(tempfile.mkdtemp(prefix=f"{self.server.prefix}-empty-"))
        self.addCleanup(shutil.rmtree, empty)
        done = subprocess.run([binary(), "audit", "verify", "--root", str(empty)], text=True, capture_output=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, f"error: there is no journal {empty}/var/lib/ballast/ballast.db yet\n"
                                      "hint: the first deploy, backup or silence makes it; one that was there has been "
                                      "removed\n")

    def test_an_older_journal_is_taken_over_in_place(self):
        tampered = self.tampered()
        tampered.sql("drop table audit", "pragma user_version = 1")
        done = subprocess.run([binary(), "audit", "verify", "--root", str(tampered.root)], text=True, capture_output=True,
                              timeout=60, check=False)
        self.assertEqual(done.stderr, f"error: the journal {tampered.path} is of an older ballast (schema 1, this one is 2)\n"
                                      "hint: bring it up to date as root: ballast recover\n")
        for words in (("recover",), ("silence", "--all", "--for", "1h", "--reason", "a record more")):
            subprocess.run([binary(), *words, "--root", str(tampered.root)], check=True, capture_output=True, timeout=60)
        self.assert_found(tampered)
        self.assertEqual(json.loads(tampered.records()[0]["content"])["schema"], 1)
        with self.subTest("a row from before"):
            tampered.sql("update operation set operator = 'eve' where rowid = 1")
            self.assert_found(tampered, "changed operations: operations from before the chain")
        with self.subTest("a step from before"):
            tampered.sql("update operation set operator = 'ken' where rowid = 1", "update step set fact = '{}' where rowid = 1")
            self.assert_found(tampered, "changed operations: operations from before the chain")


class InTheChain:
    def test_a_changed_record(self):
        tampered = self.tampered()
        number = self.record_of(tampered, "silenced", "silence")["number"]
        tampered.sql(f"update audit set content = replace(content, 'new disk', 'nothing') where number = {number}")
        told = self.assert_found(tampered, f"changed chain: record {number}")
        self.assertRegex(told["findings"][0]["text"],
                         rf"^record {number} was changed: it has not the hash of what stands in it \(silence silenced, plain")

    def test_who_and_when(self):
        for change in ("who = 'eve'", "at = at + 1", "stack = 'other'", "kind = 'gate'", "previous = hash",
                       "hash = previous"):
            with self.subTest(change):
                tampered = self.tampered()
                number = self.record_of(tampered, "silenced", "silence")["number"]
                tampered.sql(f"update audit set {change} where number = {number}")
                self.assert_found(tampered, f"changed chain: record {number}")

    def test_a_changed_record_whose_hash_was_made_anew(self):
        tampered = self.tampered()
        records = tampered.records()
        changed = records[1]
        changed["who"] = "eve"
        changed["hash"] = hash_of(changed)
        tampered.replace(records)
        self.assert_found(tampered, "changed chain: record 2")

    def test_a_removed_record(self):
        tampered = self.tampered()
        number = self.record_of(tampered, "begun")["number"]
        operation = json.loads(self.record_of(tampered, "begun")["content"])["id"]
        tampered.sql(f"delete from audit where number = {number}")
        told = self.assert_found(tampered, f"removed chain: record {number}")
        self.assertNotIn(operation, told["findings"][0]["subject"])

    def test_a_removed_record_whose_number_the_next_one_took(self):
        tampered = self.tampered()
        records = tampered.records()
        last = len(records)
        number = self.record_of(tampered, "begun")["number"]
        del records[number - 1]
        for place, record in enumerate(records, 1):
            record["number"] = place
        tampered.replace(records)
        self.assert_found(tampered, f"reordered chain: records {number} to {last - 1}", f"removed chain: record {number}")

    def test_an_inserted_record(self):
        for is_linked in (False, True):
            with self.subTest(linked=is_linked):
                tampered = self.tampered()
                records = tampered.records()
                last = len(records)
                made = dict(records[4], number=6, kind="gate", who="eve", content="{}",
                            previous=records[4]["hash"] if is_linked else "0" * 64)
                made["hash"] = hash_of(made)
                records.insert(5, made)
                for place, record in enumerate(records, 1):
                    record["number"] = place
                tampered.replace(records)
                self.assert_found(tampered, "inserted chain: record 6", f"reordered chain: records 7 to {last + 1}")

    def test_reordered_records(self):
        tampered = self.tampered()
        tampered.sql("update audit set number = -1 where number = 4", "update audit set number = 4 where number = 5",
                     "update audit set number = 5 where number = -1")
        self.assert_found(tampered, "reordered chain: record 4", "reordered chain: record 5")

    def test_a_record_that_is_no_json_any_more(self):
        tampered = self.tampered()
        number = self.record_of(tampered, "silenced", "silence")["number"]
        tampered.sql(f"update audit set content = '{{' where number = {number}")
        self.assert_found(tampered, f"changed chain: record {number}")


class InTheTables:
    def test_a_changed_operation(self):
        tampered = self.tampered()
        begun = self.record_of(tampered, "begun")
        operation = json.loads(begun["content"])["id"]
        tampered.sql(f"update operation set operator = 'eve' where id = '{operation}'")
        told = self.assert_found(tampered, f"changed operations: operation {operation}")
        finding, = told["findings"]
        self.assertEqual((finding["says"], finding["should"]), ("eve", "ken"))
        self.assertRegex(finding["text"], rf"^`operator` of operation {operation} was changed: record \d+ of the chain")

    def test_every_column_of_each_table(self):
        operation = json.loads(self.record_of(self.tampered(), "begun")["content"])["id"]
        where = {"operation": f"id = '{operation}'", "release": "number = 2", "history": "number = 2"}
        for table, name in (("operation", f"operations: operation {operation}"), ("release", "releases: release 2"),
                            ("history", "history: history row 2")):
            for row in self.server.journal(f"select name, type from pragma_table_info('{table}')"):
                if row["name"] in ("id", "number", "operation"):
                    continue
                with self.subTest(table=table, column=row["name"]):
                    tampered = self.tampered()
                    value = "7" if row["type"] == "INTEGER" else "'x'"
                    tampered.sql(f"update {table} set {row['name']} = {value} where {where[table]}")
                    self.assert_found(tampered, f"changed {name}")

    def test_a_changed_step(self):
        tampered = self.tampered()
        operation = json.loads(self.record_of(tampered, "begun")["content"])["id"]
        tampered.sql(f"update step set at = at + 1 where operation = '{operation}' and number = 0")
        told = self.assert_found(tampered, f"changed operations: operation {operation}")
        self.assertRegex(told["findings"][0]["text"], "^`steps` of operation ")

    def test_removed_rows(self):
        tampered = self.tampered()
        tampered.sql("delete from release where number = 2")
        self.assert_found(tampered, "removed releases: release 2")
        tampered.sql("delete from history where number = 2")
        self.assert_found(tampered, "removed releases: release 2", "removed history: history row 2")

    def test_inserted_rows(self):
        tampered = self.tampered()
        columns = "id, stack, tag, image_id, repo_digest, repository, config_hash, environment, operator, outcome, copies, at"
        tampered.sql(f"insert into release (number, {columns}) select 99, {columns} from release where number = 1")
        self.assert_found(tampered, "inserted releases: release 99")

    def test_reordered_rows(self):
        tampered = self.tampered()
        tampered.sql("update history set number = -1 where number = 1", "update history set number = 1 where number = 2",
                     "update history set number = 2 where number = -1")
        told = tampered.verify()[1]
        self.assertEqual({one["subject"] for one in told["findings"]}, {"history row 1", "history row 2"})

    def test_the_newest_of_the_chain_alone_were_cut_off(self):
        tampered = self.tampered()
        number = self.record_of(tampered, "begun")["number"]
        tampered.sql(f"delete from audit where number >= {number}")
        status, told = tampered.verify()
        self.assertEqual(status, 8)
        self.assertEqual({one["kind"] for one in told["findings"]}, {"inserted"})
        self.assertIn("was inserted, or its records were cut off", told["findings"][0]["text"])


class InHistory:
    def place(self, tampered, line):
        return tampered.log.read_text().splitlines().index(line) + 1

    def test_a_changed_line(self):
        tampered = self.tampered()
        lines = tampered.log.read_text().splitlines()
        tampered.lines(lambda lines: lines.__setitem__(4, lines[4].replace("ken", "eve")))
        told = self.assert_found(tampered, "changed history.log: line 5")
        self.assertEqual((told["findings"][0]["says"], told["findings"][0]["should"]),
                         (lines[4].replace("ken", "eve"), lines[4]))

    def test_a_removed_line(self):
        tampered = self.tampered()
        tampered.lines(lambda lines: lines.__delitem__(4))
        self.assert_found(tampered, "removed history.log: line 5")

    def test_that_a_later_command_appends_it_again_hides_nothing(self):
        tampered = self.tampered()
        count = len(tampered.log.read_text().splitlines())
        tampered.lines(lambda lines: lines.__delitem__(4))
        subprocess.run([binary(), "recover", "--root", str(tampered.root)], check=True, capture_output=True, timeout=60)
        self.assert_found(tampered, f"reordered history.log: line {count}")

    def test_an_inserted_line(self):
        tampered = self.tampered()
        made = "2026-01-01T00:00:00+09:00 | plain | v9 | prod | success | eve"
        tampered.lines(lambda lines: lines.insert(4, made))
        told = self.assert_found(tampered, "inserted history.log: line 5")
        self.assertEqual(told["findings"][0]["says"], made)

    def test_reordered_lines(self):
        tampered = self.tampered()
        tampered.lines(lambda lines: lines.insert(4, lines.pop(3)))
        status, told = tampered.verify()
        self.assertEqual((status, {one["kind"] for one in told["findings"]}), (8, {"reordered"}))

    def test_the_newest_lines_were_cut_off(self):
        tampered = self.tampered()
        count = len(tampered.log.read_text().splitlines())
        tampered.lines(lambda lines: lines.pop())
        told = self.assert_found(tampered, f"removed history.log: line {count}")
        self.assertIn("after a crash `ballast recover` appends them", told["findings"][0]["hint"])

    def test_all_of_it(self):
        tampered = self.tampered()
        tampered.log.unlink()
        status, told = tampered.verify()
        self.assertEqual(status, 8)
        self.assertEqual(told["findings"][0]["subject"], "lines 1 to 3")

    def test_lines_of_an_older_tool(self):
        for change in (lambda lines: lines.__setitem__(1, "all was well"), lambda lines: lines.__delitem__(1),
                       lambda lines: lines.insert(1, "something else"), lambda lines: lines.insert(0, lines.pop(1))):
            tampered = self.tampered()
            tampered.lines(change)
            self.assert_found(tampered, "changed history.log: lines 1 to 3")

    def test_both_the_line_and_its_row(self):
        tampered = self.tampered()
        tampered.sql("update history set operator = 'eve' where number = 2")
        tampered.lines(lambda lines: lines.__setitem__(4, lines[4].replace("ken", "eve")))
        self.assert_found(tampered, "changed history: history row 2", "changed history.log: line 5")


class AgainstAPublishedHead:
    """What all of the journal agrees on is found by what somebody else has kept."""

    def forge(self):
        """The rollback was not ken's: everywhere, and every hash computed anew."""
        tampered = self.tampered()
        records = tampered.records()
        begun = self.record_of(tampered, "begun")
        operation = json.loads(begun["content"])["id"]
        for record in records:
            content = json.loads(record["content"])
            if operation in (content.get("id"), content.get("operation")):
                record["who"] = "eve"
                record["content"] = record["content"].replace('"ken"', '"eve"')
        tampered.recompute(records)
        tampered.sql(f"update operation set operator = 'eve' where id = '{operation}'",
                     f"update release set operator = 'eve' where id = '{operation}'",
                     f"update history set operator = 'eve' where operation = '{operation}'")
        with tampered.database() as database:
            changed = [" | ".join(row) for row in database.execute(
                "select timestamp, stack, version, environment, status, 'ken' from history where operation = ?", [operation])]
        tampered.lines(lambda lines: lines.__setitem__(
            slice(None), [line.replace("| ken", "| eve") if line in changed else line for line in lines]))
        return tampered, begun["number"]

    def test_a_chain_that_was_computed_anew(self):
        published = self.tampered().head()
        tampered, number = self.forge()
        with self.subTest("nothing on this server tells"):
            self.assert_found(tampered)
        told = self.assert_found(tampered, f"recomputed head: {published}", options=["--head", published])
        self.assertEqual((told["findings"][0]["says"], told["findings"][0]["should"]),
                         (tampered.head().split(":")[1], published.split(":")[1]))
        self.assert_found(tampered, f"recomputed head: the head {published.split(':')[1]}",
                          options=["--head", published.split(":")[1]])
        with self.subTest("a head from before it proves nothing of what came later"):
            record = tampered.records()[number - 2]
            told = self.assert_found(tampered, options=["--head", f"{record['number']}:{record['hash']}"])
            self.assertGreater(told["heads"][0]["later"], 0)

    def test_a_chain_whose_newest_records_were_cut_off(self):
        published = self.tampered().head()
        tampered = self.tampered()
        number = self.record_of(tampered, "silenced", "silence")["number"]
        tampered.sql(f"delete from audit where number >= {number}")
        with self.subTest("nothing on this server tells"):
            self.assert_found(tampered)
        told = self.assert_found(tampered, f"cut head: {published}", options=["--head", published])
        self.assertIn(f"the chain ends with record {number - 1}, but record {published.split(':')[0]} was published",
                      told["findings"][0]["text"])

    def test_an_older_copy_in_the_place_of_the_journal(self):
        published = self.tampered().head()
        tampered = self.older
        status, told = tampered.verify()
        self.assertEqual((status, told["findings"]), (0, []))
        self.assert_found(tampered, f"cut head: {published}", options=["--head", published])

    def test_an_older_copy_of_the_journal_alone_does_not_fit_history_log(self):
        tampered = self.tampered()
        shutil.copyfile(self.older.path, tampered.path)
        status, told = tampered.verify()
        self.assertEqual(status, 8)
        self.assertEqual({one["kind"] for one in told["findings"]}, {"inserted"})

    def test_another_servers_journal(self):
        tampered = self.tampered()
        tampered.recompute([dict(record, at=record["at"] + 1) for record in tampered.records()])
        self.assert_found(tampered)
        published = self.tampered().head()
        self.assert_found(tampered, f"recomputed head: {published}", options=["--head", published])


class Audit(Untouched, InTheChain, InTheTables, InHistory, AgainstAPublishedHead, ServerCase):
    """One server for all of them: what is tampered with is a copy of what it keeps."""

    @classmethod
    def prepare(cls):
        cls.server.history_path.parent.mkdir(parents=True)
        cls.server.history_path.write_text(OLD_HISTORY)
        cls.notes = cls.server.path("notes")
        script = cls.server.path("tell")
        script.write_text(f"#!/bin/sh\ncat >>{cls.notes}\n")
        script.chmod(0o755)
        settings = cls.server.path("etc/ballast/ballast.yaml")
        settings.parent.mkdir(parents=True)
        settings.write_text(f"notify: {{command: {{argv: [{script}], severity: [page, warn, info]}}}}\n")
        cls.stack = cls.server.stack("plain", tag="v1", policy=PLAIN + WITHOUT_BACKUP)
        cls.stack.offer("v2")
        must(cls.stack.deploy("v1"))
        must(cls.stack.deploy("v2"))
        must(cls.server.run("notify", "test"))
        cls.made = must(cls.server.run("backup", "plain", "--operator", "ken", "--json")).json()
        cls.older = Tampered(cls.server)
        cls.addClassCleanup(cls.older.remove)
        must(cls.stack.rollback())
        must(cls.server.run("silence", "plain", "disk-full", "--for", "1h", "--reason", "new disk", "--operator", "ann"))

    def tampered(self):
        made = Tampered(self.server)
        self.addCleanup(made.remove)
        return made

    def assert_found(self, tampered, *expected, options=()):
        """Each finding as `kind place: subject`."""
        status, told = tampered.verify(*options)
        found = [f"{one['kind']} {one['place']}: {one['subject']}" for one in told["findings"]]
        self.assertEqual(found, list(expected), told)
        self.assertEqual((status, told["exit"]), (8, 8) if expected else (0, 0))
        self.assertTrue(all(one["text"] and one["hint"] for one in told["findings"]))
        return told

    def record_of(self, tampered, event, kind="operation"):
        """The newest one."""
        return [one for one in tampered.records()
                if one["kind"] == kind and json.loads(one["content"]).get("event") == event][-1]


if __name__ == "__main__":
    case.main()
