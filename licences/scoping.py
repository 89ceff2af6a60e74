"""Limit each look-up to the records that a user may see. For that user, no other record exists."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple, Protocol, Self, TypeVar

from django.db import models

from licences.roles import Role

ModelT = TypeVar("ModelT", bound=models.Model)


class Person(Protocol):
    """The user who asks: a `licences.models.User`, which this module may not import."""

    @property
    def pk(self) -> Any: ...
    @property
    def role(self) -> str: ...
    @property
    def licence_id(self) -> int | None: ...


class Reach(NamedTuple):
    """The part of a user that decides which records they may see. Users with the same reach see the same records."""

    pk: Any
    role: str
    licence_id: int | None

    @classmethod
    def of(cls, user: Person) -> Self:
        return cls(user.pk, user.role, user.licence_id)


class LicenceScopedQuerySet(models.QuerySet[ModelT]):
    """Rows that belong to a sponsor, and perhaps to one of its users.

    `licence_path` is the lookup of the licence, and `owner_path` that of the owner. A Level 2 user sees only rows that
    they own, or no rows if `owner_path` is empty.
    """

    licence_path: ClassVar[str] = "licence"
    owner_path: ClassVar[str] = "owner"

    def for_user(self, user: Person) -> Self:
        """Return the rows that `user` may see (specification, sections 1 and 7)."""
        if user.role in {Role.CASEWORKER, Role.SYSTEM}:
            return self
        rows = self.filter(**{self.licence_path: user.licence_id})
        if user.role == Role.LEVEL_1:
            return rows
        return rows.filter(**{self.owner_path: user.pk}) if self.owner_path else self.none()
