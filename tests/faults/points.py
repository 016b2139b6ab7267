"""Where the program can be killed: at its system calls, and while Compose works for it.

`strace` counts the calls that it injects a signal into for each thread and each kind of call apart, so a point is
"the third rename", not "call number 71"; a recording turns one into the other. The signal comes on entry: the
call that is named does not happen any more. So killing at every call is killing after every call too, and between
two calls that change something there is nothing left to find.

Only the main thread is followed. It alone drives the plan; the other threads are those of the checks. They ask
the host and the engine, but one of them starts Compose and writes to the journal. A kill in another thread
cannot be named by a count (the main thread makes the same calls first), so the lanes "in turn" let every clone3
fail: without threads the program asks its checks one after the other in the main thread, and their calls are
points like all others. A child makes no call that matters before it has become Compose: it arranges its
descriptors, group, folder and signals, nothing that outlives it; the lock comes with the fork.
What Compose does to the containers is seen as the engine's events, and is a kind of point of its own.
"""

import re
from pathlib import Path

FILE_CALLS = ("openat", "?open", "?rename", "?renameat", "?renameat2", "?unlink", "unlinkat", "?mkdir", "mkdirat",
              "?link", "linkat", "symlinkat", "write", "pwrite64", "pwritev", "ftruncate", "fallocate", "fsync",
              "fdatasync", "fchmod", "fchown", "fchmodat", "fchownat", "flock", "fcntl", "close")
PROCESS_CALLS = ("?fork", "?vfork", "clone", "clone3", "execve", "wait4", "waitid", "kill", "pidfd_send_signal",
                 "exit_group")
ENGINE_CALLS = ("connect", "sendto", "sendmsg", "recvfrom")
CALLS = ",".join((*FILE_CALLS, *PROCESS_CALLS, *ENGINE_CALLS))
WITHOUT_THREADS = ("-e", "inject=clone3:error=EAGAIN")
TRACE_LINE = re.compile(r"(?P<name>\w+)\(")
DURABLE = ("fsync", "fdatasync", "rename", "renameat", "renameat2")
CHANGING = re.compile(r"(f(data)?sync|rename\w*|unlink\w*|mkdir\w*|link\w*|symlink\w*|ftruncate|fallocate|f?ch(mod|own)\w*"
                      r"|flock|clone|fork|vfork|wait4|waitid|kill|pidfd_send_signal|exit_group)\("
                      r"|(write|pwrite64|pwritev)\(([3-9]|\d\d)"
                      r"|openat?\(.*O_CREAT"
                      r"|send(to|msg)\(.*\"(DELETE|POST (?!/exec/|/containers/\w+/exec))")
NOT_DURABLE = re.compile(r"\w+\(\d+<[^>]*-shm>")


class Call:
    """The `when`-th call of that name by the main thread."""

    def __init__(self, name, when, line, number):
        self.name = name
        self.when = when
        self.line = line
        self.number = number
        self.durable = name in DURABLE
        self.changes = bool(CHANGING.match(line)) and not NOT_DURABLE.match(line)

    def __str__(self):
        return f"call {self.number}, {self.name} number {self.when}: {self.line[:110]}"

    def injection(self):
        return ["-e", f"inject={self.name}:signal=KILL:when={self.when}"]


class Event:
    """The `when`-th change of a container that the engine tells of."""

    durable = True
    changes = True

    def __init__(self, when, action):
        self.when = when
        self.line = action

    def __str__(self):
        return f"event {self.when} of the engine: {self.line}"


def read_calls(path, root):
    """The calls of a recording, in their order, from the first that has to do with the server."""
    seen, calls, begun = {}, [], False
    for line in Path(path).read_text(errors="replace").splitlines():
        found = TRACE_LINE.match(line)
        if not found:
            continue
        name = found["name"]
        seen[name] = seen.get(name, 0) + 1
        begun = begun or (root in line and name != "execve")
        if begun and name not in ("clone3", "execve"):
            calls.append(Call(name, seen[name], line, len(calls) + 1))
    return calls


def evenly(points, count, offset=0.5):
    """`offset` from 0 to 1: where in each of the equal parts its point is."""
    if count >= len(points):
        return list(points)
    return [points[int((index + offset) * len(points) / count)] for index in range(count)]


def _in_order(points, chosen):
    wanted = set(map(id, chosen))
    return [point for point in points if id(point) in wanted]


def sample(points, count, offset):
    """Half of them where something becomes durable (the boundaries of steps), the others spread over all calls and events."""
    events = [point for point in points if isinstance(point, Event)]
    calls = [point for point in points if isinstance(point, Call)]
    durable = [call for call in calls if call.durable]
    of_events = max(1, count // 8)
    return _in_order(points, evenly(durable, count // 2, offset) + evenly(calls, count - count // 2 - of_events, offset)
                     + evenly(events, of_events, offset))


def share(points, first, of, others):
    """Every `of`-th point that changes something, from `first` on, and some of the others."""
    changes = [point for point in points if point.changes]
    rest = [point for point in points if not point.changes]
    return _in_order(points, changes[first::of] + evenly(rest, others))


def with_durable(points, chosen):
    """Those and every point at which something becomes durable: the boundaries of steps are among them."""
    return _in_order(points, chosen + [point for point in points if point.durable])
