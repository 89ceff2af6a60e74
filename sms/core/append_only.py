"""Refuse to change or delete rows that are written once.

This refuses it in the ORM. In the database, a trigger refuses it (`sms.core.triggers`).
"""

from __future__ import annotations

from typing import Any, Never, TypeVar

from django.db import models

ModelT = TypeVar("ModelT", bound=models.Model)


class AppendOnlyError(Exception):
    """The program tried to change or delete a row that is kept for ever, which is a bug."""


class AppendOnlyQuerySet(models.QuerySet[ModelT]):
    def update(self, **kwargs: Any) -> Never:
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed.")

    def delete(self) -> Never:
        raise AppendOnlyError(f"{self.model.__name__} rows are never deleted.")

    delete.queryset_only = True  # type: ignore[attr-defined]


class AppendOnlyModel(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise AppendOnlyError(f"{type(self).__name__} rows are never deleted.")
