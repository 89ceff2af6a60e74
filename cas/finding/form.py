"""The form of a search, made from the table of `cas.models.search_fields`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import Any, cast

from django.http import QueryDict

from cas.details.needs import is_empty
from cas.models.search_fields import RANGES, SEARCH_FIELDS, KeySoughtField
from licences.models import User
from sms.core.govuk import formats
from sms.core.govuk.fields import ChoosingField, GovukBoundField
from sms.core.govuk.kept import KeptForm
from sms.core.partial_dates import PartialDate


class SearchForm(KeptForm):
    """The details to search for. Each can be left out, and all of them if the search `may_be_empty`.

    `settled` was decided on the screens before: it is part of every search, and not asked. `statuses` are the statuses
    that can be found, and `names` the fields that are asked, if not all of them, or all but those `without`.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        user: User,
        settled: Mapping[str, str] | None = None,
        statuses: Iterable[str] = (),
        names: Collection[str] = (),
        without: Collection[str] = (),
        may_be_empty: bool = False,
    ) -> None:
        super().__init__(data)
        self.may_be_empty = may_be_empty
        self.settled = dict(settled or {})
        for name, sought in SEARCH_FIELDS.items():
            is_left_out = name in without or (names and name not in names)
            if name in self.settled or user.role not in sought.whose or is_left_out:
                del self.fields[name]
        if "anything" in self.fields and not (data and "anything" in data):
            del self.fields["anything"]  # it is asked in the header
        if "status" in self.fields and (possible := list(statuses)):
            self._choices("status", [(status, status) for status in possible])
        if "owner" in self.fields:
            self._choices("owner", lambda: _colleagues(user))

    def _choices(self, name: str, choices: Any) -> None:
        field = deepcopy(self.fields[name])  # the forms of all users share the other fields
        assert isinstance(field, ChoosingField)
        field.choices = choices
        self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        """Refuse a range that ends before it begins, and a search for nothing unless it lists everything."""
        may_be_empty = self.may_be_empty and "anything" not in self.fields  # the header has its own form
        if not (self.errors or may_be_empty) and not any(self._filled()):
            only = next(iter(self.fields)) if len(self.fields) == 1 else None
            label = self.fields[only].label if only else ""
            self.add_error(only, f"Enter the {label}" if only else "Enter at least one detail to search for")
        for first, last in RANGES:
            begins, ends = self.cleaned_data.get(first), self.cleaned_data.get(last)
            if begins and ends and ends < begins:
                label = SEARCH_FIELDS[first].field.label
                self.add_error(last, f"{SEARCH_FIELDS[last].field.label}: must not be before “{label}”")
        return self.cleaned_data

    def _filled(self) -> Iterator[tuple[str, Any]]:
        return ((name, value) for name, value in self.cleaned_data.items() if value and not is_empty(value))

    def asked(self) -> dict[str, Any]:
        """Return the values of a valid form, as `CASQuerySet.search` takes them."""
        return {**self.settled, **dict(self._filled())}

    def typed(self) -> dict[str, list[str]]:
        """Return the valid values that were sent, by parameter, as `StoredSearch` keeps them."""
        sent = self.data
        assert isinstance(sent, QueryDict)
        found: dict[str, list[str]] = {
            # Only the last of several values for one thing was checked. The others may be more than a database takes.
            key: sent.getlist(key) if isinstance(value, list) else [str(sent[key])]
            for name, value in self._filled()
            for key in self._parameters(name)
            if key in sent
        }
        return {**found, **{name: [value] for name, value in self.settled.items()}}

    def _parameters(self, name: str) -> list[str]:
        return [name + part for part in getattr(self.fields[name].widget, "widgets_names", [""])]

    def mistaken(self) -> list[str]:
        """Return a sentence for each identifier with letters that only look Latin."""
        keyed = ((self.fields[name], value) for name, value in self._filled())
        return [
            sentence
            for field, value in keyed
            if isinstance(field, KeySoughtField) and (sentence := field.mistaken(value))
        ]

    def in_words(self) -> list[tuple[str, str]]:
        """Return what was searched for: labels, and values as people read them."""
        asked = self.asked()
        return [
            (str(sought.field.label), _in_words(self.fields.get(name, sought.field), asked[name]))
            for name, sought in SEARCH_FIELDS.items()
            if name in asked
        ]

    def groups(self) -> list[tuple[str, list[GovukBoundField], bool]]:
        """Return the fields under their headings, and whether anything is entered there."""
        found: dict[str, list[GovukBoundField]] = {}
        for name in self.fields:
            found.setdefault(SEARCH_FIELDS[name].group, []).append(self[name])
        return [(group, fields, any(_holds(field) for field in fields)) for group, fields in found.items()]


# The table declares the fields of the class.
SearchForm.base_fields = {name: sought.field for name, sought in SEARCH_FIELDS.items()}


def restored(asked: Mapping[str, list[str]]) -> QueryDict:
    """Return the data of the form, from what `SearchForm.typed` gave."""
    data = QueryDict(mutable=True)
    for name, texts in asked.items():
        data.setlist(name, texts)
    return data


def _holds(bound: GovukBoundField) -> bool:
    held = bound.value()
    return any(held) if isinstance(held, list) else bool(held)


def _colleagues(user: User) -> list[tuple[str, str]]:
    """Return the users of the sponsor, deactivated ones included: their CAS still exist."""
    users = User.objects.filter(licence=user.licence_id).order_by("name", "username")
    return [(str(pk), f"{name} ({username})") for pk, name, username in users.values_list("pk", "name", "username")]


def _in_words(field: Any, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, PartialDate):
        return formats.partial_day(value)
    if isinstance(field, ChoosingField):
        labels = {str(key): str(label) for key, label in cast("Iterable[tuple[object, str]]", field.choices)}
        return labels.get(str(value), str(value))
    return str(value)
