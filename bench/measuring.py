"""What the benchmarks share: a run of a program with its time and its peak of memory, and their tables."""

import contextlib
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Cost:
    """What one process used, without its children."""

    def __init__(self, seconds, processor, memory, output=""):
        self.seconds = seconds
        self.processor = processor
        self.memory = memory
        self.output = output


def _processor_times(pid):
    """Seconds of the process itself, and of the children that it waited for."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS, (int(fields[13]) + int(fields[14])) / TICKS


def _memory(pid):
    """Name → bytes, as the kernel sums up the maps of the process."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {name: int(size) * 1024 for name, size in re.findall(r"(?m)^(\w+):\s+(\d+) kB$", text)}


class _Peak(threading.Thread):
    """The most memory that a process held: the kernel's own high-water mark, read while it lives."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self._path = pathlib.Path(f"/proc/{pid}/status")
        self.bytes = 0

    def run(self):
        with contextlib.suppress(OSError):
            while found := re.search(r"VmHWM:\s+(\d+) kB", self._path.read_text()):
                self.bytes = max(self.bytes, int(found.group(1)) * 1024)
                time.sleep(0.005)


def _gather(lines, kept, told):
    for line in lines:
        kept.append(line)
        if told:
            told(line)


def measured(server, *arguments, told=None):
    """A run of ballast that must end well. `told` is called with each line of its progress."""
    began = time.monotonic()
    process = subprocess.Popen(server.argv(*arguments), env=server.environment(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak = _Peak(process.pid)
    peak.start()
    errors = []
    reader = threading.Thread(target=_gather, args=(process.stderr, errors, told))
    reader.start()
    output = process.stdout.read()
    reader.join()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it stays to be asked
    seconds = time.monotonic() - began
    processor, _ = _processor_times(process.pid)
    if process.wait() != 0:
        sys.exit(f"ballast {' '.join(arguments)} failed:\n{''.join(errors)}")
    peak.join()
    return Cost(seconds, processor, peak.bytes, output)


class Load:
    """What a group of processes that stay uses from now on: processor time, and the most memory that was seen."""

    def __init__(self, *pids):
        self._pids = pids
        self._began = time.monotonic()
        self._before = self._times()
        self.memory = self.private = 0  # bytes

    def _times(self):
        times = [_processor_times(pid) for pid in self._pids]
        return sum(own for own, _ in times), sum(children for _, children in times)

    def look(self):
        maps = [_memory(pid) for pid in self._pids]
        self.memory = max(self.memory, sum(one["Rss"] for one in maps))
        self.private = max(self.private, sum(one["Private_Clean"] + one["Private_Dirty"] for one in maps))

    def percent(self):
        """Of one core: the processes themselves, and the children that they waited for."""
        seconds = time.monotonic() - self._began
        return tuple(100 * (now - before) / seconds for now, before in zip(self._times(), self._before))


def print_table(head, rows):
    print("| " + " | ".join(head) + " |\n|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def tell(text):
    print(text, file=sys.stderr, flush=True)


def verdict(goals):
    """`goals`: (name, goal, measured, whether it was met). Prints them; a missed one is the exit status."""
    print_table(("", "goal", "measured"), [row[:3] for row in goals])
    if missed := [row[0] for row in goals if not row[3]]:
        sys.exit(f"missed: {'; '.join(missed)}")
