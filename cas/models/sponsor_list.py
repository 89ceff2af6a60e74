"""The lists that a sponsor keeps to fill in the form of a CAS: their common parts (specification, section 8)."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db import IntegrityError, models, transaction

from licences.models import User
from licences.permissions import Action, require
from licences.scoping import LicenceScopedQuerySet
from sms.core.refused import InvalidValues, Refusal

RowT = TypeVar("RowT", bound=models.Model)


class SponsorListQuerySet(LicenceScopedQuerySet[RowT]):
    owner_path = "licence__users"  # all users of the sponsor can choose from the list


class SponsorListRow(models.Model):
    """A row of a list that a sponsor keeps. No two rows of a sponsor have the same values of the fields in `alike`."""

    licence_id: int

    kept_with: ClassVar[Action]
    not_found: ClassVar[Refusal]
    alike: ClassVar[list[str]]
    named_in = "name"  # the field beside which a form says that there is such a row already

    class Meta:
        abstract = True

    @property
    def event_label(self) -> str:
        return str(self)

    @property
    def event_licence_id(self) -> int:
        return self.licence_id

    @property
    def exists_already(self) -> str:
        """Return what to say about a new row that is like this row."""
        raise NotImplementedError

    def save_once(self) -> None:
        """Save this row. Raises `InvalidValues` if the sponsor has another row that is like it."""
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:
            same = {name: getattr(self, name) for name in ("licence_id", *self.alike)}
            other = type(self)._default_manager.filter(**same).exclude(pk=self.pk).first()
            if other is None:
                raise
            raise InvalidValues({self.named_in: other.exists_already}) from None

    def lock(self, by: User) -> None:
        """Lock this row, and read it again. Raises `Refused`."""
        require(by, self.kept_with)
        rows: Any = type(self)._default_manager
        try:
            self.refresh_from_db(from_queryset=rows.for_user(by).select_for_update(of=("self",)))
        except type(self).DoesNotExist:
            raise self.not_found() from None
