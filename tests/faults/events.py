"""What the engine tells of a stack's containers, as a list that grows while it is looked at."""

import json
import threading
import time
import uuid

from support import engine

ACTIONS = ("create", "start", "kill", "die", "stop", "rename", "destroy")


class EventLog:
    """The changes of a project's containers from now on."""

    def __init__(self, project):
        self._project = project
        self._mark = f"{project}-mark-{uuid.uuid4().hex[:8]}"
        self._guard = threading.Lock()
        self._actions = []
        self._call = None
        self._events = engine.Events(["container", "volume"], since=f"{time.time():.6f}", seconds=600)
        self._reader = threading.Thread(target=self._read)

    def __enter__(self):
        self._events.__enter__()
        self._reader.start()
        return self

    def __exit__(self, *ignored):
        """The engine tells in order: when it has told of the mark, it has told of everything before."""
        engine.make_volume(self._mark, {engine.PROJECT: self._project})
        engine.remove_volume(self._mark)
        self._reader.join()
        self._events.__exit__()

    @property
    def actions(self):
        return list(self._actions)

    def call_at(self, number, call):
        """Calls once the `number`-th change was told."""
        with self._guard:
            self._call = (number, call)
            self._call_when_due()

    def _call_when_due(self):
        if self._call and len(self._actions) >= self._call[0]:
            call, self._call = self._call[1], None
            call()

    def _read(self):
        for event in self._events:
            if event["Actor"]["ID"] == self._mark:
                return
            if event["Action"] in ACTIONS and event["Actor"]["Attributes"].get(engine.PROJECT) == self._project:
                with self._guard:
                    self._actions.append(event["Action"])
                    self._call_when_due()
