"""Write the portal's log: one line for each thing that happens, on standard output.

A line has a time, a level, a logger, an event, a request and the number of a user. It contains no name, passport or CAS
number, date of birth, password, key, signature, cookie, query string or form. Our own loggers keep to that, which
tests/test_logs.py checks. In messages of other loggers, only numbers are filled in. A traceback contains no values
(`sms.core.tracebacks`). With DEBUG, lines are coloured text, and errors are shown in full.
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
    """Return the setting LOGGING. Lines are JSON, or coloured text if they are to be `readable`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": _formatter, "readable": readable}},
        "handlers": {"output": {"class": "sms.logs.Output", "formatter": "line", "stream": "ext://sys.stdout"}},
        "root": {"handlers": ["output"], "level": level},
        "loggers": {
            # Django's own handlers would print some lines twice, and email whole requests to ADMINS.
            "django": {"handlers": [], "level": level, "propagate": True},
            # sms/request_log.py logs every request and every failure once.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "level": "CRITICAL", "propagate": True},
            # Otherwise each command that reads the queue would log that a worker starts and ends.
            "django_tasks_db": {"level": "WARNING"},
            "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": True},
            "gunicorn.error": {"handlers": [], "level": level, "propagate": True},
        },
    }


def configure(config: dict[str, Any]) -> None:
    """Configure logging, structlog, warnings and uncaught errors. This is Django's LOGGING_CONFIG."""
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
    """A handler that writes lines. If a line cannot be written, it says only where the line came from.

    The standard library would print all values in the line.
    """

    def handleError(self, record: logging.LogRecord) -> None:
        where = f"{record.module}:{record.lineno}"
        try:
            self.stream.write(json.dumps({"level": "error", "event": "A line was lost", "at": where}) + self.terminator)
        except (OSError, ValueError):
            return  # the stream is closed or full, so nothing can be logged


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
    """Return the message of a logger that is not ours, with numbers only: any value in it may be personal."""
    text = record.msg if isinstance(record.msg, str) else ""
    if record.name == "py.warnings":
        found = _WHERE_A_WARNING_IS.match(str(arguments[0]) if isinstance(arguments, tuple) and arguments else "")
        return found[0] if found else WITHHELD
    if arguments:
        values = iter(arguments if isinstance(arguments, tuple) else ())
        return _PLACE.sub(lambda _: _number(next(values, None)), text)
    if record.name == "gunicorn.error":
        return text.partition(":")[0]  # the rest quotes the request
    return WITHHELD


def _why_forbidden(reason: object = "", *_: object) -> str:
    """Return Django's own sentence, unless it quotes an address."""
    text = str(reason)
    return text if text in _CSRF_REASONS or text.startswith("CSRF token ") else "The request comes from another origin."


def _number(value: object) -> str:
    """Return a number or the name of a signal as text; "…" for any other value."""
    is_harmless = isinstance(value, int | float) or (isinstance(value, str) and re.fullmatch("SIG[A-Z0-9]+", value))
    return str(value) if is_harmless else "…"


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """Log an error that was not caught (`sys.excepthook`). Ctrl-C and errors in a shell are shown as usual."""
    if issubclass(kind, KeyboardInterrupt) or hasattr(sys, "ps1"):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("sms").critical("This error was not caught", exc_info=(kind, error, trace))
