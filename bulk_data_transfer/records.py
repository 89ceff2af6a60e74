"""A record of a file, and what there is to say about it. Every format is read into these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sms.core.refused import Refused

V2_1, OURS, GRADUATES, CSV, XLSX, PASTED = "v2.1", "ours", "graduates", "csv", "xlsx", "pasted"
"""The formats of files, as `Upload.format` keeps them."""

LONGEST_SHOWN = 100  # characters of a value that a remark repeats
LONGEST_SENTENCE = 1_000  # characters: a sentence may name an element of any length


@dataclass(frozen=True)
class Remark:
    """A fault of a record or of a file, or a warning about it.

    `place` is where it stands in the file: "line 12", or a cell such as "B7". `field` is the name of a field of a CAS,
    "" if it is about none. `value` is the text found there, cut to 100 characters. A remark repeats no value of another
    record.
    """

    code: str
    sentence: str
    place: str = ""
    field: str = ""
    value: str = ""

    @classmethod
    def of(cls, refused: Refused, *, place: str = "", field: str = "", value: object = "") -> Remark:
        """Return a remark with the code and the sentence of a refusal of `bulk_data_transfer.refusals`.

        The parts of a date that does not exist are shown as 27/13/2027.
        """
        text = "/".join(filter(None, value)) if isinstance(value, list) else str(value)
        return cls(refused.code, str(refused)[:LONGEST_SENTENCE], place, field, text[:LONGEST_SHOWN])


@dataclass
class Record:
    """A record as a format gave it, before its fields are checked.

    `number` counts the records of the file from 1. `place` is where it begins: "line 12", or "row 7". `given` has the
    raw value of each field that has an answer, by its name, as `CASField.checked` takes it. `places` says where a value
    stands, if that differs from `place`. `faults` are those of form: a record with one is refused. `warnings` refuse
    nothing.
    """

    number: int
    place: str
    given: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    faults: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
