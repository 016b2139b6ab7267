"""Waiting for something to become true, with a deadline and a message that says what did not come."""

import time


class TooLate(AssertionError):
    """What was waited for did not come in time."""


def until(condition, what, seconds=60.0, pause=0.05):
    """Returns the first true answer of `condition`; raises TooLate after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            raise TooLate(f"{what}: not within {seconds:g} s")
        time.sleep(pause)
