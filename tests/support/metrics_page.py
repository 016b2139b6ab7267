"""The page of metrics that the unit tests hold word for word, and what the rules are made from."""

import re

from support.fixtures import REPOSITORY

PAGE = REPOSITORY / "src/daemon/test_metrics_page.h"
ALERTS = REPOSITORY / "src/model/alerts.cpp"
NOON = 1795608000  # of the page: 2026-11-25T12:00:00Z
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}


def page(now=None):
    """As it is, or with its times moved as if it were made now."""
    text = PAGE.read_text().split('R"(', 1)[1].rsplit(')";', 1)[0]
    if now is None:
        return text
    moved = r"(?m)^(\w+_timestamp_seconds(?:\{.*\})?) (\S+)$"
    return re.sub(moved, lambda found: f"{found[1]} {float(found[2]) - NOON + now:.3f}", text)


def families(text):
    return set(re.findall(r"(?m)^# TYPE (\S+) ", text))


def words_of(text):
    """C++ literals that stand one behind the other."""
    return "".join(re.findall(r'"([^"]*)"', text))


def alerts():
    """The table of alerts: {id: (title, severity, seconds, hint)}."""
    table = {}
    for row in re.findall(r"(?s)\{(\.id = .*?)\},\n(?=    \{|\}\);)", ALERTS.read_text()):
        field = {name: value for name, value in re.findall(r"(?s)\.(\w+) = (.*?)(?=,\s+\.\w+ = |\Z)", row)}
        unit, count = re.fullmatch(r"(\w+)\((\d+)\)", field["hold"]).groups()
        table[words_of(field["id"])] = (words_of(field["title"]), field["severity"], SECONDS[unit] * int(count),
                                        words_of(field["hint"]))
    return table


def labels(text):
    """{family: the names of its labels, in order}; of a page on which all series of a family have the same."""
    found = {}
    for name, inside in re.findall(r"(?m)^([a-z_]+)(?:\{(.*)\})? \S+$", text):
        names = re.findall(r'(?:^|,)(\w+)="(?:[^"\\]|\\.)*"', inside)
        if found.setdefault(name, names) != names:
            raise AssertionError(f"{name} has series with {found[name]} and with {names}")
    return found
