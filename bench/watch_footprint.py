"""What it costs to watch ten stacks: `ballast watch`, Prometheus with its companions, and Monit, at the same time."""

import contextlib
import json
import pathlib
import tempfile
import time

from measuring import Load, print_table, tell
from monitors import Monit, Prometheus, watched
from support.daemon import Daemon
from support.server import ONE, TWO, Server
from watch_stacks import INTERVAL, TimedSink, deployed, wait_until_quiet, write_settings

STACKS = 10
FEWEST_CHECKS = 60
WARM_UP = 60
PACE = 5
# What is asked less often than in each interval.
SELDOM = ("High Memory", "Backup", "Deploy Failed", "Rollback Failed", "Operation", "Modified", "Drill", "Off-site",
          "Certificate", "Not Ready", "Clock")


def checks_of(stack):
    """How many questions are asked of a stack in each interval."""
    told = stack.server.run("check", stack.name, "--json").json()
    return [f"{one['title']} {one['subject'] or ''}" for one in told["alerts"] if not one["title"].startswith(SELDOM)]


def watch_all(loads, minutes):
    ends = time.monotonic() + 60 * minutes
    while time.monotonic() < ends:
        for load in loads.values():
            load.look()
        time.sleep(PACE)
    return {name: load.percent() for name, load in loads.items()}


def measure(options):
    with contextlib.ExitStack() as context:
        server = context.enter_context(Server(TWO if options.compose == 2 else ONE))
        sink = context.enter_context(contextlib.closing(TimedSink()))
        folder = pathlib.Path(context.enter_context(tempfile.TemporaryDirectory(prefix="ballast-bench-")))
        write_settings(server, sink)
        stacks = []
        for number in range(STACKS):
            stacks.append(deployed(server, f"shop{number}"))
            tell(f"{stacks[-1].name} runs")
        checks = [check for stack in stacks for check in checks_of(stack)]
        tell(f"{len(checks)} checks each {INTERVAL} s, of one stack: {json.dumps(checks[:len(checks) // STACKS])}")
        targets = [watched(stack) for stack in stacks]
        prometheus = context.enter_context(contextlib.closing(Prometheus(folder / "prometheus", targets, INTERVAL, sink.url())))
        monit = context.enter_context(contextlib.closing(Monit(folder / "monit", targets, INTERVAL)))
        daemon = Daemon(server)
        context.callback(daemon.end)
        wait_until_quiet(server)
        prometheus.wait_until_all_is_well(sum(len(target.urls) + len(target.ports) for target in targets))
        time.sleep(WARM_UP)
        loads = {"ballast watch": Load(daemon.process.pid), "Prometheus, Alertmanager, both exporters": Load(*prometheus.pids()),
                 "Monit": Load(*monit.pids())}
        percents = watch_all(loads, options.minutes)
    show(loads, percents, options.minutes, len(checks))
    return goals_of(loads["ballast watch"], *percents["ballast watch"], len(checks))


def show(loads, percents, minutes, checks):
    print(f"{STACKS} stacks, {2 * STACKS} containers, {checks} checks each {INTERVAL} s, over {minutes:g} min\n")
    rows = [(name, f"{load.memory / 1e6:.1f} MB", f"{load.private / 1e6:.1f} MB", f"{percents[name][0]:.2f} %",
             f"{percents[name][1]:.2f} %") for name, load in loads.items()]
    print_table(("", "memory", "of it private", "processor, of one core", "its children"), rows)


def goals_of(load, percent, _, checks):
    return [
        ("memory", "≤ 25 MB", f"{load.memory / 1e6:.1f} MB", load.memory <= 25e6),
        ("private memory", "≤ 8 MB", f"{load.private / 1e6:.1f} MB", load.private <= 8e6),
        ("processor time, of one core", "≤ 0.5 %", f"{percent:.2f} %", percent <= 0.5),
        (f"checks each {INTERVAL} s", f"≥ {FEWEST_CHECKS}", str(checks), checks >= FEWEST_CHECKS),
    ]
