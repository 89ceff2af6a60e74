"""Refusals: each is declared once, with a stable code, an HTTP status and a sentence to show to users.

Each app declares its own in its `refusals` module, and `docs/refusals.md` lists them all. A rule raises a refusal by
calling it:

    raise refusals.NOT_EXPIRED_YET()

Pages show `str(refused)`. A machine interface sends `refused.problem()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404


@dataclass(frozen=True)
class Refusal:
    """A refusal. Its `code` is public: it is never changed, and never used for another refusal.

    `sentence` may have parts to fill in, such as {status}.
    """

    code: str
    status: int
    sentence: str

    @property
    def title(self) -> str:
        """Return the code in words: "Being paid for"."""
        return self.code.rpartition(".")[2].replace("_", " ").capitalize()

    def __call__(self, **parts: object) -> Refused:
        """Return the exception to raise, with the sentence filled in."""
        return _BY_STATUS.get(self.status, Refused)(self, self.sentence.format(**parts))

    def about(self, name: str, **parts: object) -> Refused:
        """Return the exception to raise, about the field of this name."""
        sentence = self.sentence.format(**parts)
        return Refused(self, sentence, {name: sentence})


class Refused(Exception):
    """A rule refuses an action. `str(refused)` is the sentence to show; `errors` has sentences by name of a field.

    A refusal that `has_page` is shown by its view, and not as an error of a form.
    """

    has_page = False

    def __init__(self, refusal: Refusal, sentence: str = "", errors: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence or refusal.sentence)
        self.refusal = refusal
        self.errors = dict(errors or {})

    @property
    def code(self) -> str:
        return self.refusal.code

    @property
    def status(self) -> int:
        return self.refusal.status

    def adding(self, sentence: str) -> Refused:
        """Return the same refusal, with one more sentence at the end."""
        return type(self)(self.refusal, f"{self} {sentence}", self.errors)

    def of(self, name: str) -> Refused:
        """Return the same refusal, beginning with the name of the record that it is about."""
        return type(self)(self.refusal, f"{name}: {self}", self.errors)

    def problem(self) -> dict[str, Any]:
        """Return the members of a problem report (RFC 9457), with two of ours: `code`, and `errors` by field."""
        return {
            "type": f"/refusals/{self.code}",
            "title": self.refusal.title,
            "status": self.status,
            "detail": str(self),
            "code": self.code,
            "errors": self.errors,
        }


class NotAllowed(Refused, PermissionDenied):
    """The user or the sponsor may not do this. A page that does not catch it answers 403, with the sentence."""


class NotThere(Refused, Http404):
    """The record does not exist for this user. A page that does not catch it answers 404, with the sentence."""


class InvalidValues(Refused):
    """Some values are not valid. `errors` has a sentence for each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(INVALID_VALUES, errors=errors)

    def of(self, name: str) -> Refused:
        return self  # its sentences are shown beside the fields


class Stale(Refused):
    """Another user changed the record first. `events` are the lines of history since then, oldest first."""

    has_page = True

    def __init__(self, refusal: Refusal, events: list[Any]) -> None:
        super().__init__(refusal)
        self.events = events

    def of(self, name: str) -> Refused:
        return self


_BY_STATUS: dict[int, type[Refused]] = {403: NotAllowed, 404: NotThere}

INVALID_VALUES = Refusal("records.invalid_values", 422, "Some of the values are not valid.")
NOTHING_SELECTED = Refusal("records.nothing_selected", 422, "Select the {what} to {verb}.")
WRONG_STATUS = Refusal("records.wrong_status", 409, "This {name} is {status}: {move} is not possible.")
CHANGED_MEANWHILE = Refusal(
    "records.changed_meanwhile", 409, "Another user changed this {name} first. Check it and try again."
)
