"""Asks a site many times a second from a process of its own, a new connection for each request.

As a program it runs until its stdin closes, and prints what it sees line by line.
"""

import argparse
import asyncio
import collections
import json
import subprocess
import sys
import threading
import time
import urllib.parse

DEADLINE = 15.0        # of one request
MOST_AT_ONCE = 400     # requests in flight; beyond, the tick is counted as a timeout
LONGEST_RUN = 3600.0


class Report:
    """What a probe saw: `samples` are [when it began, how long it took, how it ended], `ok` is the good end."""

    def __init__(self, samples):
        self.samples = sorted(samples)
        self.counts = collections.Counter(end for _, _, end in self.samples)

    @property
    def total(self):
        return len(self.samples)

    @property
    def ok(self):
        return self.counts["ok"]

    @property
    def failed(self):
        return self.total - self.ok

    def failures(self):
        return {end: count for end, count in self.counts.items() if end != "ok"}

    def between(self, begin, end):
        return Report([sample for sample in self.samples if begin <= sample[0] < end])

    def longest_outage(self):
        """Seconds from the first failed request to the next good one, at its longest."""
        longest, since = 0.0, None
        for began, _, end in self.samples:
            if end != "ok":
                since = began if since is None else since
                longest = max(longest, began - since)
            elif since is not None:
                longest, since = max(longest, began - since), None
        return longest


class Probe:
    """`with Probe(url) as probe: …`; `probe.report()` at any time, and complete after the block."""

    def __init__(self, url, rate=20):
        self._argv = [sys.executable, __file__, url, "--rate", str(rate)]
        self._samples = []

    def __enter__(self):
        self._process = subprocess.Popen(self._argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self._process.stdout.readline() != "ready\n":
            raise AssertionError("the probe did not start")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *ignored):
        self._process.stdin.close()  # and so it ends
        self._reader.join()
        self._process.stdout.close()
        self._process.wait()

    def _read(self):
        for line in self._process.stdout:
            self._samples.append(json.loads(line))

    def report(self):
        return Report(list(self._samples))


def _ending(answer):
    words = answer.split(None, 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/"):
        return "reset"
    status = int(words[1])
    return "ok" if status < 400 else str(status)


async def _request(host, port, request):
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(request)
        await writer.drain()
        return _ending(await reader.read())
    finally:
        writer.close()


def _tell(sample):
    print(json.dumps(sample), flush=True)


async def _sample(address, request):
    began = time.time()
    clock = time.monotonic()
    try:
        end = await asyncio.wait_for(_request(*address, request), DEADLINE)
    except TimeoutError:
        end = "timeout"
    except ConnectionRefusedError:
        end = "refused"
    except OSError:
        end = "reset"
    _tell([began, time.monotonic() - clock, end])


async def _probe(url, rate):
    parts = urllib.parse.urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode()
    address = (parts.hostname, parts.port or 80)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ended.set)
    running = set()
    print("ready", flush=True)
    first = tick = time.monotonic()
    while not ended.is_set() and tick - first < LONGEST_RUN:
        if len(running) < MOST_AT_ONCE:
            task = asyncio.ensure_future(_sample(address, request))
            running.add(task)
            task.add_done_callback(running.discard)
        else:
            _tell([time.time(), 0.0, "timeout"])
        tick += 1.0 / rate
        try:
            await asyncio.wait_for(ended.wait(), max(0.0, tick - time.monotonic()))
        except TimeoutError:
            pass
    await asyncio.gather(*running)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--rate", type=float, default=20)
    options = parser.parse_args()
    asyncio.run(_probe(options.url, options.rate))


if __name__ == "__main__":
    main()
