"""Warnings about the characters of a text: those that a file cannot carry, and letters that only look Latin."""

from __future__ import annotations

from dataclasses import dataclass

from cas.details.characters import ASCII, is_latin_text, outside, spelling
from cas.details.field import CASField
from cas.details.types import CASIdentifier
from sms.core.characters import look_alikes

MOST_NAMED = 5


@dataclass(frozen=True)
class FieldWarning:
    """A warning about the value of a field. It never stops anything.

    `spelling` is a value that the user can take instead. `kind` is a sentence that fits all CAS with this warning.
    """

    field: CASField
    sentence: str
    spelling: str = ""
    kind: str = ""

    @property
    def heading(self) -> str:
        return self.kind or self.sentence


def warning(field: CASField, text: str) -> FieldWarning | None:
    """Return the warning about the characters of `text`, with another spelling if there is one; None if all are right.

    Letters that look like Latin ones get no spelling, because a number can have the right letter already.
    """
    if text.isascii() and (field.characters != ASCII or text.isalnum()):
        return None
    if isinstance(field, CASIdentifier) and (mistaken := look_alikes(text)):
        kind = f"{field.subject} has letters that only look like Latin letters"
        return FieldWarning(field, f"{field.subject}: {mistaken}", kind=kind)
    if not (found := outside(text, field.characters)):
        return None
    named = ", ".join(f"“{character}”" for character in found[:MOST_NAMED])
    others = f" and {len(found) - MOST_NAMED} more characters" if len(found) > MOST_NAMED else ""
    spelled = spelling(text, field.characters)
    advice = ""
    if field.size and len(spelled) > field.size:
        spelled, advice = "", f". The passport's spelling “{spelled}” is too long for this field"
    elif not spelled:
        advice = ". Leave them out" if is_latin_text(text) else ". Enter it in Latin letters"
    return FieldWarning(
        field,
        f"{field.subject}: the Home Office's files cannot carry {named}{others}{advice}",
        spelling=spelled,
        kind=f"{field.subject} has characters that the Home Office's files cannot carry",
    )
