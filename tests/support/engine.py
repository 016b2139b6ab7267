"""A small client of the Docker Engine API over its Unix socket: cheap enough to be polled."""

import contextlib
import http.client
import json
import os
import socket
import urllib.parse

SOCKET = os.environ.get("BALLAST_DOCKER_SOCKET", "/var/run/docker.sock")
PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"
CANDIDATE = "tools.ballast.candidate"


class EngineError(Exception):
    """The engine answered with an error."""

    def __init__(self, status, message):
        super().__init__(f"{status}: {message}")
        self.status = status


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("engine", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _query(values):
    encoded = {name: json.dumps(value) if isinstance(value, (dict, list)) else value
               for name, value in values.items()}
    return "?" + urllib.parse.urlencode(encoded) if encoded else ""


def _ask(method, path, body=None, timeout=60, **query):
    connection = _UnixConnection(SOCKET, timeout)
    try:
        connection.request(method, path + _query(query), None if body is None else json.dumps(body),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        data = answer.read()
    finally:
        connection.close()
    if answer.status >= 400:
        raise EngineError(answer.status, data.decode(errors="replace"))
    return data


def _get(path, **query):
    return json.loads(_ask("GET", path, **query))


def _absent_is_fine(method, path, **query):
    with contextlib.suppress(EngineError):
        _ask(method, path, **query)


def answers():
    try:
        return bool(_ask("GET", "/_ping"))
    except OSError:
        return False


def containers(*labels):
    """Inspected containers that carry all labels ("key" or "key=value"), stopped ones included."""
    found = []
    for entry in _get("/containers/json", all="1", filters={"label": list(labels)}):
        with contextlib.suppress(EngineError):  # it may go between the list and the look
            found.append(inspect(entry["Id"]))
    return found


def inspect(container):
    return _get(f"/containers/{container}/json")


def kill(container, signal="KILL"):
    _ask("POST", f"/containers/{container}/kill", signal=signal)


def stop(container, seconds=0):
    _ask("POST", f"/containers/{container}/stop", t=str(seconds))


def start(container):
    _ask("POST", f"/containers/{container}/start")


# On a machine that is slow, runc gives up while processes of the container come and go.
_FREEZING_FAILED = "unable to freeze"


def pause(container, tries=20):
    try:
        _ask("POST", f"/containers/{container}/pause")
    except EngineError as error:
        if tries == 1 or _FREEZING_FAILED not in str(error):
            raise
        pause(container, tries - 1)


def unpause(container):
    _ask("POST", f"/containers/{container}/unpause")


def rename(container, name):
    _ask("POST", f"/containers/{container}/rename", name=name)


def remove(container):
    _absent_is_fine("DELETE", f"/containers/{container}", force="1", v="1")


def remove_container_alone(container):
    """Its anonymous volumes stay."""
    _ask("DELETE", f"/containers/{container}", force="1")


def execute(container, *argv, user=""):
    """Runs argv in a container and returns its output; raises EngineError when its status is not 0."""
    made = json.loads(_ask("POST", f"/containers/{container}/exec",
                           {"Cmd": argv, "AttachStdout": True, "AttachStderr": True, "Tty": True, "User": user}))
    output = _ask("POST", f"/exec/{made['Id']}/start", {"Detach": False, "Tty": True}).decode(errors="replace")
    status = _get(f"/exec/{made['Id']}/json")["ExitCode"]
    if status != 0:
        raise EngineError(status, f"{argv}: {output}")
    return output


def image(reference):
    """The inspected image, or None."""
    try:
        return _get(f"/images/{urllib.parse.quote(reference, safe='/:@')}/json")
    except EngineError:
        return None


def image_references(repository):
    found = _get("/images/json", filters={"reference": [repository]})
    return [tag for entry in found for tag in entry["RepoTags"] or []]


def tag_image(reference, repository, tag):
    _ask("POST", f"/images/{urllib.parse.quote(reference, safe='/:@')}/tag", repo=repository, tag=tag)


def remove_image(reference):
    _absent_is_fine("DELETE", f"/images/{urllib.parse.quote(reference, safe='/:@')}", noprune="1")


def projects():
    """Names of every Compose project that has left something on this machine."""
    names = set()
    for path, key in (("/containers/json", None), ("/volumes", "Volumes"), ("/networks", None)):
        listed = _get(path, all="1", filters={"label": [PROJECT]})
        for entry in (listed[key] or [] if key else listed):
            names.add(entry["Labels"][PROJECT])
    return names


def remove_project(name):
    """Containers, volumes and networks of a project, whatever state they are in."""
    chosen = {"label": [f"{PROJECT}={name}"]}
    for entry in _get("/containers/json", all="1", filters=chosen):
        remove(entry["Id"])
    for entry in _get("/networks", filters=chosen):
        _absent_is_fine("DELETE", f"/networks/{entry['Id']}")
    for entry in _get("/volumes", filters=chosen)["Volumes"] or []:
        _absent_is_fine("DELETE", f"/volumes/{entry['Name']}", force="1")


def make_volume(name, labels):
    _ask("POST", "/volumes/create", {"Name": name, "Labels": labels})


def volumes(*labels):
    return _get("/volumes", filters={"label": list(labels)})["Volumes"] or []


def remove_volume(name):
    _absent_is_fine("DELETE", f"/volumes/{name}", force="1")


class Events:
    """The engine's events from now on: `with Events("container", project) as events: … events.wait("start")`."""

    def __init__(self, kind, *labels, seconds=120, **more):
        self._connection = _UnixConnection(SOCKET, seconds)
        kinds = [kind] if isinstance(kind, str) else kind
        self._query = _query({"filters": {"type": kinds, "label": list(labels)}, **more})

    def __enter__(self):
        self._connection.request("GET", "/events" + self._query)
        self._stream = self._connection.getresponse()
        return self

    def __exit__(self, *ignored):
        self._connection.close()

    def __iter__(self):
        return map(json.loads, self._stream)

    def wait(self, action, accept=lambda event: True):
        """The next event of that action that is accepted."""
        for event in self:
            if event["Action"] == action and accept(event):
                return event
        raise AssertionError(f"the engine ended its events before `{action}` came")
