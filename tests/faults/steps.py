"""Kills the program in a step that its journal names, some time after the step reached a state.

A plan whose steps take seconds each is told apart better by these than by counted calls: whoever copies, upgrades and
renames databases is the server, and what the program itself calls meanwhile is waiting.
"""

import sqlite3
import time
from typing import NamedTuple

NEWEST = "select name, step.state as state from step join operation on operation = id where operation.rowid = " \
         "(select max(rowid) from operation) and operation.rowid > ?"
PAUSE = 0.005


class StepPoint(NamedTuple):
    """`after` seconds behind the moment in which the step's record says that state."""

    step: str
    state: str = "intended"
    after: float = 0.0

    durable = True
    changes = True

    def __str__(self):
        return f"{self.after:.2f} s behind `{self.step}` {self.state}"


def newest_operation(server):
    return server.journal("select coalesce(max(rowid), 0) as number from operation")[0]["number"]


def wait_for(point, server, known, process):
    """Whether the operation after `known` came to the point before its process ended."""
    while process.poll() is None:
        if _reached(point, server, known):
            time.sleep(point.after)
            return process.poll() is None
        time.sleep(PAUSE)
    return False


def _reached(point, server, known):
    try:
        rows = server.journal(NEWEST, known)
    except sqlite3.OperationalError:  # while it is being made
        return False
    return any(row["name"] == point.step and row["state"] == point.state for row in rows)
