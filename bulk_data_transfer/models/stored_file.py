"""Files kept in the database, so that they commit, are backed up and are deleted together with their records."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO, ClassVar, Self

from django.db import models, transaction

A_PART = 1024 * 1024  # bytes
NAME_SIZE, ENDING_SIZE = 200, 10


def shortened(name: str) -> str:
    """Return the name of a file, cut to the size of its column. It keeps its ending, if that is short."""
    path = PurePath(name)
    ending = path.suffix if len(path.suffix) <= ENDING_SIZE else ""
    return name.removesuffix(ending)[: NAME_SIZE - len(ending)] + ending


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    @transaction.atomic
    def keep(self, file: IO[bytes], *, name: str, is_packed: bool = False) -> StoredFile:
        """Keep what is in `file`, from its beginning. Unless it `is_packed`, it is compressed here."""
        file.seek(0)
        kept = self.create(name=name, is_packed=is_packed, size=0, sha256="")
        digest, size, number = hashlib.sha256(), 0, 0
        while part := file.read(A_PART):
            digest.update(part)
            size += len(part)
            data = part if is_packed else zlib.compress(part, 1)
            StoredFilePart.objects.create(file=kept, number=number, data=data)
            number += 1
        self.filter(pk=kept.pk).update(size=size, sha256=digest.hexdigest())
        kept.size, kept.sha256 = size, digest.hexdigest()
        return kept

    @transaction.atomic
    def remove(self) -> int:
        """Delete these files. Return how many."""
        ids = list(self.values_list("pk", flat=True))
        StoredFilePart.objects.filter(file__in=ids).delete()
        return self.model.objects.filter(pk__in=ids).delete()[1].get(self.model._meta.label, 0)

    def alike(self, other: StoredFile) -> Self:
        """Return the other files with the same bytes."""
        return self.filter(sha256=other.sha256, size=other.size).exclude(pk=other.pk)


class StoredFile(models.Model):
    """A file. `name` is shown to users, and offered when they download it. `size` is in bytes."""

    name = models.CharField(max_length=NAME_SIZE)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    is_packed = models.BooleanField()

    objects = StoredFileQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def chunks(self) -> Iterator[bytes]:
        """Yield the contents, up to 1 MiB at a time. Only one part is in memory."""
        parts = StoredFilePart.objects.filter(file=self).order_by("number")
        for number in range(-(-self.size // A_PART)):
            data = bytes(parts.values_list("data", flat=True).get(number=number))
            yield data if self.is_packed else zlib.decompress(data)

    def copy_to(self, file: IO[bytes]) -> None:
        """Write the contents into `file`, and go back to its beginning."""
        for chunk in self.chunks():
            file.write(chunk)
        file.seek(0)


class StoredFilePart(models.Model):
    """A part of a file: 1 MiB before it was compressed, or the rest."""

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "number"], name="stored_file_has_a_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.number + 1}"
