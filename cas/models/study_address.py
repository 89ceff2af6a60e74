"""Pre-stored study addresses. Level 1 users edit them, and all users of the sponsor can choose them (section 10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models, transaction

from cas import keys, refusals
from cas.details import fields
from cas.details.sections import STUDY
from cas.keys import KeyField, text_key
from cas.models.sponsor_list import SponsorListQuerySet, SponsorListRow
from licences.models import Event, User
from licences.models.event import changes
from licences.permissions import Action, require
from sms.core.refused import InvalidValues
from sms.core.values import trimmed

NAME_SIZE = 100
LINES = [field.name for field in fields.FIELDS if field.section is STUDY]


def _size(name: str) -> int:
    return fields.BY_NAME[name].size


class StudyAddressQuerySet(SponsorListQuerySet["StudyAddress"]):
    @transaction.atomic
    def add(self, values: Mapping[str, Any], *, by: User) -> StudyAddress:
        """Create an address from its `name` and its address fields. Raises `Refused`, `InvalidValues`."""
        require(by, Action.ADDRESSES_KEEP)
        address = StudyAddress(licence=by.sponsor)
        after = address.write(values)
        Event.objects.record("create", address, by=by, data=changes({}, after))
        return address


class StudyAddress(SponsorListRow):
    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="study_addresses")
    name = models.CharField("name of the address", max_length=NAME_SIZE)
    name_key = KeyField(max_length=keys.SIZE, editable=False)
    study_address_line_1 = models.CharField(max_length=_size("study_address_line_1"))
    study_address_line_2 = models.CharField(max_length=_size("study_address_line_2"), blank=True)
    study_address_line_3 = models.CharField(max_length=_size("study_address_line_3"), blank=True)
    study_city = models.CharField(max_length=_size("study_city"), blank=True)
    study_county = models.CharField(max_length=_size("study_county"), blank=True)
    study_postcode = models.CharField(max_length=_size("study_postcode"), blank=True)

    objects = StudyAddressQuerySet.as_manager()

    kept_with, not_found = Action.ADDRESSES_KEEP, refusals.ADDRESS_DELETED
    alike: ClassVar = ["name_key"]
    exists_already = "Your sponsor already has an address with this name. Choose another name"
    event_kind = "study_address"

    class Meta:
        verbose_name_plural = "study addresses"
        ordering: ClassVar = ["name_key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["licence", "name_key"], name="study_address_name_once_for_a_sponsor"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lines(self) -> dict[str, str]:
        """Return the values to fill into the form of a CAS, by field name."""
        return {name: getattr(self, name) for name in LINES}

    @transaction.atomic
    def amend(self, values: Mapping[str, Any], *, by: User) -> bool:
        """Change this address. CAS that use it do not change. Return whether it changed.

        Raises `Refused`, `InvalidValues`.
        """
        self.lock(by)
        before = {"name": self.name, **self.lines}
        if changed := changes(before, self.write(values)):
            Event.objects.record("save", self, by=by, data=changed)
        return bool(changed)

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Delete this address. CAS that use it do not change. Raises `Refused`."""
        self.lock(by)
        Event.objects.record("delete", self, by=by, data=changes({"name": self.name, **self.lines}, {"name": None}))
        StudyAddress.objects.filter(pk=self.pk).delete()

    def write(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Save these values, checked in the same way as those of a CAS. Return the values saved.

        Raises `InvalidValues`.
        """
        name = trimmed(str(values.get("name", "")))
        lines, errors = fields.checked({name: values.get(name, "") for name in LINES})
        errors = {name: sentence for name, sentence in errors.items() if name in LINES}
        if not lines["study_address_line_1"]:
            errors["study_address_line_1"] = "Enter the first line of the address"
        if not name or len(name) > NAME_SIZE:
            errors["name"] = f"Enter a name of 1 to {NAME_SIZE} characters"
        if errors:
            raise InvalidValues(errors)
        written = {"name": name, **{line: lines[line] for line in LINES}}
        for field, value in {**written, "name_key": text_key(name)}.items():
            setattr(self, field, value)
        self.save_once()
        return written
