"""What the portal writes down while it runs: one line for each thing that happened, on standard output.

A line says when, how bad, who says it, what, during which request and for which user: by number only. It holds no name,
passport or CAS number, date of birth, password, key, signature, cookie, query string or form. Our own loggers are
trusted to keep to that (tests/test_logs.py watches them); what others say is filled with numbers only, and a traceback
has no values in it (`sms.core.tracebacks`). With DEBUG the lines are for reading, and errors say all.
"""

from __future__ import annotations

import json
import logging
import logging.config
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from django.middleware import csrf
from structlog.typing import EventDict, Processor

from sms.core import tracebacks

OURS = ("sms", "cas", "licences", "django_structlog")
WITHHELD = "(text withheld)"

_FIRST = ("time", "level", "logger", "event", "request_id", "user_id")
_PLACE = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]")
_WHERE_A_WARNING_IS = re.compile(r".*?:\d+: \w+")
_CSRF_REASONS = {text for name, text in vars(csrf).items() if name.startswith("REASON_")}


def configuration(*, level: str, readable: bool = False) -> dict[str, Any]:
    """The setting LOGGING. Lines are JSON, or coloured text when they are to be `readable`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": _formatter, "readable": readable}},
        "handlers": {"output": {"class": "sms.logs.Output", "formatter": "line", "stream": "ext://sys.stdout"}},
        "root": {"handlers": ["output"], "level": level},
        "loggers": {
            # Django's own handlers would print some things twice, and mail whole requests to ADMINS.
            "django": {"handlers": [], "level": level, "propagate": True},
            # sms/request_log.py tells of every request, and of every failure, once.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "level": "CRITICAL", "propagate": True},
            # Each command that looks into the queue would say that a worker starts and ends.
            "django_tasks_db": {"level": "WARNING"},
            "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": True},
            "gunicorn.error": {"handlers": [], "level": level, "propagate": True},
        },
    }


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: the standard library's logging, structlog, warnings, and errors that nobody caught."""
    logging.config.dictConfig(config)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_start(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


class Output(logging.StreamHandler[Any]):
    """Writes lines. Of one that cannot be written it says where; the standard library would print all that is in it."""

    def handleError(self, record: logging.LogRecord) -> None:
        where = f"{record.module}:{record.lineno}"
        try:
            self.stream.write(json.dumps({"level": "error", "event": "A line was lost", "at": where}) + self.terminator)
        except (OSError, ValueError):
            return  # there is nobody to tell


def _formatter(*, readable: bool) -> structlog.stdlib.ProcessorFormatter:
    renderer: list[Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if readable
        else [
            structlog.processors.ExceptionRenderer(tracebacks.without_values),
            _in_order,
            structlog.processors.JSONRenderer(default=lambda value: f"<{type(value).__qualname__}>"),
        ]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_start(), *([] if readable else [_only_numbers_of_others])],
        pass_foreign_args=True,
        processors=[_drop_arguments, structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
    )


def _start() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", key="time"),
    ]


def _in_order(_: object, __: str, event: EventDict) -> EventDict:
    return {name: event.pop(name, None) for name in _FIRST} | dict(event)


def _drop_arguments(_: object, __: str, event: EventDict) -> EventDict:
    event.pop("positional_args", None)
    return event


def _only_numbers_of_others(_: object, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    if record.name.partition(".")[0] not in OURS:
        event["event"] = _said_by_others(record, event["positional_args"])
        event["at"] = f"{record.module}:{record.lineno}"
        if record.name == "django.security.csrf":
            event["reason"] = _why_forbidden(*event["positional_args"])
    return event


def _said_by_others(record: logging.LogRecord, arguments: tuple[object, ...] | Mapping[str, object]) -> str:
    """The text of a logger that is not ours: it may have a value of somebody's in any of its places."""
    text = record.msg if isinstance(record.msg, str) else ""
    if record.name == "py.warnings":
        found = _WHERE_A_WARNING_IS.match(str(arguments[0]) if isinstance(arguments, tuple) and arguments else "")
        return found[0] if found else WITHHELD
    if arguments:
        values = iter(arguments if isinstance(arguments, tuple) else ())
        return _PLACE.sub(lambda _: _number(next(values, None)), text)
    if record.name == "gunicorn.error":
        return text.partition(":")[0]  # what follows is of the request
    return WITHHELD


def _why_forbidden(reason: object = "", *_: object) -> str:
    """Django's own sentence, unless it quotes an address."""
    text = str(reason)
    return text if text in _CSRF_REASONS or text.startswith("CSRF token ") else "The request comes from another origin."


def _number(value: object) -> str:
    """Numbers, and the names of signals."""
    is_harmless = isinstance(value, int | float) or (isinstance(value, str) and re.fullmatch("SIG[A-Z0-9]+", value))
    return str(value) if is_harmless else "…"


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """For `sys.excepthook`. Whoever stopped the program, or types into a shell of it, is answered as usual."""
    if issubclass(kind, KeyboardInterrupt) or hasattr(sys, "ps1"):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("sms").critical("Nobody caught this error", exc_info=(kind, error, trace))
