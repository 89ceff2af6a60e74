"""Fields for files."""

from __future__ import annotations

from typing import Any

from django import forms

from sms.core.govuk.fields.base import GovukField


class FileField(GovukField, forms.FileField):
    """A file to choose, or to drop. The value is Django's `UploadedFile`; None if there is none.

    `accept` has the endings that a browser offers first.
    """

    template = "govuk/fields/file.html"

    def __init__(self, label: str, *, accept: str = "", **options: Any) -> None:
        super().__init__(label, allow_empty_file=True, **options)
        self.attributes["accept"] = accept
