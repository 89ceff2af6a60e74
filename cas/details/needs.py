"""Conditions, as data, for when a field of a CAS is needed.

A condition can be evaluated (`holds`), sent to a browser (`as_json`) and put into words (`in_words`). So the
completeness rule, the form's script and the documents always agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Values = Mapping[str, Any]
"""The values of a CAS by field name. A missing name counts as an empty field."""


class Described(Protocol):
    """The parts of a field that `in_words` needs."""

    @property
    def label(self) -> str: ...

    @property
    def section_name(self) -> str: ...

    def display(self, value: Any) -> str: ...


def is_empty(value: object) -> bool:
    """Return whether `value` is missing. No and £0 are answers."""
    return value is None or value == ""


class Need:
    """A condition on the values of a CAS."""

    def holds(self, values: Values) -> bool:
        """Return whether a complete CAS with these values needs the field."""
        raise NotImplementedError

    def given(self, known: Values) -> Need:
        """Return the rest of the condition when the values in `known` are fixed, such as the route of a saved CAS."""
        return self

    def as_json(self) -> bool | dict[str, list[Any]]:
        """Return the condition for the form's script: true, false, or one of is, any_filled, over, all and any."""
        raise NotImplementedError

    def in_words(self, fields: Mapping[str, Described]) -> str:
        """Return the words to follow "needed": "always", or a clause that starts with "when"."""
        return f"when {self.clause(fields)}"

    def clause(self, fields: Mapping[str, Described]) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Always(Need):
    """The field is needed on every CAS before it is assigned."""

    def holds(self, values: Values) -> bool:
        return True

    def as_json(self) -> bool:
        return True

    def in_words(self, fields: Mapping[str, Described]) -> str:
        return "always"


@dataclass(frozen=True)
class ToSave(Always):
    """The field is needed even to save a CAS (manual 4, guide 1, step 4)."""

    def in_words(self, fields: Mapping[str, Described]) -> str:
        return "always, even to save"


@dataclass(frozen=True)
class Optional_(Need):
    """The field is never needed."""

    def holds(self, values: Values) -> bool:
        return False

    def as_json(self) -> bool:
        return False

    def in_words(self, fields: Mapping[str, Described]) -> str:
        return "never"


ALWAYS, OPTIONAL = Always(), Optional_()


@dataclass(frozen=True, init=False)
class Is(Need):
    """The field has one of the values. `words` describe the values, if their labels would be too many."""

    field: str
    values: tuple[str | bool, ...]
    words: str

    def __init__(self, field: str, *values: str | bool, words: str = "") -> None:
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "words", words)

    def holds(self, values: Values) -> bool:
        return values.get(self.field) in self.values

    def given(self, known: Values) -> Need:
        if self.field not in known:
            return self
        return ALWAYS if self.holds(known) else OPTIONAL

    def as_json(self) -> dict[str, list[Any]]:
        sent = [("yes" if value else "no") if isinstance(value, bool) else str(value) for value in self.values]
        return {"is": [self.field, sent]}

    def clause(self, fields: Mapping[str, Described]) -> str:
        field = fields[self.field]
        return f"“{field.label}” is {self.words or ' or '.join(map(field.display, self.values))}"


@dataclass(frozen=True, init=False)
class AnyFilled(Need):
    """At least one of the fields is filled. `words` describe the fields, if they are not a whole section."""

    fields: tuple[str, ...]
    words: str

    def __init__(self, *fields: str, words: str = "") -> None:
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "words", words)

    def holds(self, values: Values) -> bool:
        for name in self.fields:  # a loop, because imports evaluate it very often
            value = values.get(name)
            if value is not None and value != "":
                return True
        return False

    def given(self, known: Values) -> Need:
        open_yet = [name for name in self.fields if name not in known]
        if self.holds(known):
            return ALWAYS
        return AnyFilled(*open_yet, words=self.words) if open_yet else OPTIONAL

    def as_json(self) -> dict[str, list[Any]]:
        return {"any_filled": list(self.fields)}

    def clause(self, fields: Mapping[str, Described]) -> str:
        return self.words or f"any field of “{fields[self.fields[0]].section_name}” is filled"


@dataclass(frozen=True)
class Over(Need):
    """The number in `field` is more than `limit`: a number, or the name of a limit among the values.

    The condition does not hold while the limit or the number is unknown. `number` is the number, if it is known before
    the limit.
    """

    field: str
    limit: str | int
    number: int | None = None

    def holds(self, values: Values) -> bool:
        number = values.get(self.field) if self.number is None else self.number
        limit = self._limit(values)
        return isinstance(number, int) and isinstance(limit, int) and number > limit

    def given(self, known: Values) -> Need:
        limit, number = self._limit(known), known.get(self.field, self.number)
        if self.field in known and not isinstance(number, int):
            return OPTIONAL
        if isinstance(number, int) and isinstance(limit, int):
            return ALWAYS if number > limit else OPTIONAL
        return Over(self.field, limit, number)

    def as_json(self) -> dict[str, list[Any]]:
        return {"over": [self.field, self.limit]}

    def clause(self, fields: Mapping[str, Described]) -> str:
        limit = f"{self.limit}%" if isinstance(self.limit, int) else "the usual share"
        return f"“{fields[self.field].label}” is over {limit}"

    def _limit(self, values: Values) -> str | int:
        limit = values.get(self.limit, self.limit) if isinstance(self.limit, str) else self.limit
        return limit if isinstance(limit, int) else self.limit


@dataclass(frozen=True, init=False)
class _Joined(Need):
    conditions: tuple[Need, ...]

    def __init__(self, *conditions: Need) -> None:
        object.__setattr__(self, "conditions", conditions)

    def _without(self, known: Values, *, settled: Need, idle: Need) -> Need:
        """Return the conditions that are still open; `settled` if one of them decides the result.

        Conditions equal to `idle` do not affect the result, so they are left out.
        """
        parts = [condition.given(known) for condition in self.conditions]
        if settled in parts:
            return settled
        match [part for part in parts if part != idle]:
            case []:
                return idle
            case [part]:
                return part
            case several:
                return type(self)(*several)

    def _clauses(self, fields: Mapping[str, Described]) -> Sequence[str]:
        return [condition.clause(fields) for condition in self.conditions]


class All(_Joined):
    """All of the conditions hold."""

    def holds(self, values: Values) -> bool:
        return all(condition.holds(values) for condition in self.conditions)

    def given(self, known: Values) -> Need:
        return self._without(known, settled=OPTIONAL, idle=ALWAYS)

    def as_json(self) -> dict[str, list[Any]]:
        return {"all": [condition.as_json() for condition in self.conditions]}

    def clause(self, fields: Mapping[str, Described]) -> str:
        either = [isinstance(condition, Any_) for condition in self.conditions]
        clauses = zip(self._clauses(fields), either, strict=True)
        return " and ".join(f"either {clause}" if is_either else clause for clause, is_either in clauses)


class Any_(_Joined):
    """At least one of the conditions holds."""

    def holds(self, values: Values) -> bool:
        return any(condition.holds(values) for condition in self.conditions)

    def given(self, known: Values) -> Need:
        return self._without(known, settled=ALWAYS, idle=OPTIONAL)

    def as_json(self) -> dict[str, list[Any]]:
        return {"any": [condition.as_json() for condition in self.conditions]}

    def clause(self, fields: Mapping[str, Described]) -> str:
        return ", or ".join(self._clauses(fields))
