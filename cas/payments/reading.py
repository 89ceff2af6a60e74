"""Read the JSON that a payment provider sends, in callbacks and in answers. No other module parses it.

A message is refused as a whole if the database could not store one of its values, because any value may be stored or
searched for. Each value must then have the expected type. Nothing is converted.
"""

from __future__ import annotations

import json
import math
from typing import Any

from sms.core.characters import UNSTORABLE

DEEPEST = 20  # levels of nesting; Worldpay's messages have five
LARGEST = 2**63 - 1  # no column of either database holds a larger whole number


class Unreadable(ValueError):
    """Raised for a message that cannot be read. Its text is safe to log, because it quotes no value."""


def read(message: bytes) -> dict[str, Any]:
    """Return the JSON object in `message`. Raises `Unreadable`, also if one of its values cannot be stored."""
    try:
        data = json.loads(message.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable("it is not JSON.") from error
    if not isinstance(data, dict):
        raise Unreadable("it is not a JSON object.")
    _require_storable(data)
    return data


def text(data: object, *path: str) -> str:
    """Return the text at `path`. Raises `Unreadable` if it is missing or has another type."""
    value = _at(data, path)
    if not isinstance(value, str):
        raise Unreadable(f"{'.'.join(path)} is not text.")
    return value


def whole_number(data: object, *path: str) -> int:
    """Return the whole number at `path`. Raises `Unreadable` if it is missing, or is 1.0, true or "1"."""
    value = _at(data, path)
    if type(value) is not int:  # in Python, a bool is also an int
        raise Unreadable(f"{'.'.join(path)} is not a whole number.")
    return value


def array(data: object, *path: str) -> list[Any]:
    """Return the list at `path`; an empty list if it is missing. Raises `Unreadable` if it has another type."""
    value = _at(data, path, default=[])
    if not isinstance(value, list):
        raise Unreadable(f"{'.'.join(path)} is not a list.")
    return value


def _at(data: object, path: tuple[str, ...], *, default: object = None) -> Any:
    for name in path:
        if not isinstance(data, dict):
            raise Unreadable(f"{name} is not inside an object.")
        if name not in data:
            return default
        data = data[name]
    return data


def _require_storable(data: dict[str, Any]) -> None:
    level: list[Any] = [data]
    for _ in range(DEEPEST):
        if not all(map(_is_storable, level)):
            raise Unreadable("it contains a character or a number that cannot be stored.")
        level = [value for each in level for value in _inside(each)]
        if not level:
            return
    raise Unreadable("it is nested too deeply.")


def _inside(value: object) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def _is_storable(value: object) -> bool:
    if isinstance(value, str):
        return not UNSTORABLE.search(value)
    if isinstance(value, int):
        return abs(value) <= LARGEST
    return not isinstance(value, float) or math.isfinite(value)
