"""Reads every line that the portal would write to its log while a test runs, in the format of production."""

import json
import logging
import re
from urllib.parse import quote

NUMBER = re.compile(r"e4g[0-9a-z]{11}")

LINES = []
"""Those of the test that is running, each as a dictionary."""


class LogWatch(logging.Handler):
    """The handler of the tests' settings. A line that cannot be made fails the test that asked for it."""

    def emit(self, record):
        LINES.append(json.loads(self.format(record)))


def leaks(values, lines=LINES):
    """The lines that hold one of these values, in whatever way it is written."""
    spellings = {spelling.casefold() for value in values for spelling in spellings_of(value)}
    return [line for line in lines if any(spelling in _text(line) for spelling in spellings)]


def numbers(lines=LINES):
    """The lines that hold what could be the number of a CAS."""
    return [line for line in lines if NUMBER.search(_text(line))]


def spellings_of(value):
    """As it is, and as messages, addresses and JSON escape it."""
    return {value, value.encode("unicode_escape").decode(), quote(value), json.dumps(value)[1:-1]}


def _text(line):
    return "\n".join(map(str, line.values())).casefold()
