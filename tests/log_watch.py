"""The lines that the portal logs while a test runs, in the format of production."""

import json
import logging
import re
from urllib.parse import quote

NUMBER = re.compile(r"e4g[0-9a-z]{11}")

LINES = []
"""The lines of the running test, each as a dictionary."""


class LogWatch(logging.Handler):
    """The log handler of the tests' settings. A line that cannot be formatted fails the test that logs it."""

    def emit(self, record):
        LINES.append(json.loads(self.format(record)))


def leaks(values, lines=LINES):
    """Return the lines that hold one of these values, in any spelling."""
    spellings = {spelling.casefold() for value in values for spelling in spellings_of(value)}
    return [line for line in lines if any(spelling in _text(line) for spelling in spellings)]


def numbers(lines=LINES):
    """Return the lines that hold a text which could be a CAS number."""
    return [line for line in lines if NUMBER.search(_text(line))]


def spellings_of(value):
    """Return the value unchanged, and as messages, addresses and JSON escape it."""
    return {value, value.encode("unicode_escape").decode(), quote(value), json.dumps(value)[1:-1]}


def _text(line):
    return "\n".join(map(str, line.values())).casefold()
