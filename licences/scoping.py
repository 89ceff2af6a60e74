"""Every look-up starts from the person who asks: what is not theirs is not there."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self, TypeVar

from django.db import models

from licences.roles import Role

ModelT = TypeVar("ModelT", bound=models.Model)


class Person(Protocol):
    """Whoever asks: a `licences.models.User`, which this module may not import."""

    pk: Any
    role: str
    licence_id: int | None


class LicenceScopedQuerySet(models.QuerySet[ModelT]):
    """Rows that belong to one sponsor, and perhaps to one of its users.

    `licence_path` leads to the licence. `owner_path` leads to the owner: a Level 2 user sees their own rows only;
    where it is empty, the rows are not for Level 2 users at all.
    """

    licence_path: ClassVar[str] = "licence"
    owner_path: ClassVar[str] = "owner"

    def for_user(self, user: Person) -> Self:
        """The rows that `user` may know of (specification, sections 1 and 7)."""
        if user.role in {Role.CASEWORKER, Role.SYSTEM}:
            return self
        rows = self.filter(**{self.licence_path: user.licence_id})
        if user.role == Role.LEVEL_1:
            return rows
        return rows.filter(**{self.owner_path: user.pk}) if self.owner_path else self.none()
