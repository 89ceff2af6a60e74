"""Watch every UPDATE of the tests: only a few functions may change the status of a CAS, a licence or an order.

The watch reads each statement, and finds the function of the project that sent it. Tests, and the floors of benchmarks,
may send any.
"""

import re
import sys
from pathlib import Path

from django.db.backends.signals import connection_created

ROOT = Path(__file__).resolve().parent.parent

# The only functions that write a status, by table: the one primitive of each lifecycle, and `Save` of a CAS.
WRITERS = {
    "cas_cas": {
        "cas.models.queryset.CASQuerySet._write",
        "cas.models.queryset.CASQuerySet.move_each.<locals>.write",
        "cas.models.numbering.number_each",
        "cas.models.cas.CAS.amend",
        "cas.models.setting._write",
    },
    "licences_licence": {"sms.core.moves.move_one"},
    "cas_order": {"sms.core.moves.move_one"},
}
UPDATE = re.compile(r'\s*UPDATE\s+"?(\w+)"?\s+SET\s(.*?)(?:\sWHERE\s|\sFROM\s|\Z)', re.IGNORECASE | re.DOTALL)
STATUS = re.compile(r'(?:^|[\s,])"?status"?\s*=', re.IGNORECASE)
LIBRARY = ("sms/core/each_row.py", "sms/core/inserting.py", "tests/status_watch.py")

OTHERS = ("tests.", "benchmarks.", "experiments.")  # they are no part of the portal

SEEN = set()
"""The table and the function of each change of a status so far."""


def start():
    """Watch every connection that is opened from now on."""
    connection_created.connect(_watch, dispatch_uid="status_watch")


def _watch(connection, **_):
    if look not in connection.execute_wrappers:
        connection.execute_wrappers.append(look)


def look(execute, sql, params, many, context):
    """Execute the statement. Raise `AssertionError` if it changes a status and its function may not."""
    found = UPDATE.match(sql) if isinstance(sql, str) else None
    if found and found[1] in WRITERS and STATUS.search(found[2]):
        table, function = found[1], _caller()
        if not function.startswith(OTHERS):
            SEEN.add((table, function))
            assert function in WRITERS[table], f"{function} changes the status of {table} by itself"
    return execute(sql, params, many, context)


def _caller():
    """Return the name of the function of the project that sent the statement, with its module."""
    frame = sys._getframe(1)
    while frame:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and ".venv" not in path.parts:
            name = path.relative_to(ROOT).as_posix()
            if name not in LIBRARY:
                return f"{name.removesuffix('.py').replace('/', '.')}.{frame.f_code.co_qualname}"
        frame = frame.f_back
    return ""
