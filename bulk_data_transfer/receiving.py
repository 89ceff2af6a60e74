"""Receiving files: only the page that sends files may, and a file that is too large is not kept."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler


class ReceivedFile(TemporaryFileUploadHandler):
    """The handler of the files of every request.

    A file goes into a temporary file. A file over the limit is skipped: its request has `has_too_large_file` instead.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse, before anything is read, a request that is too long for its address."""
        request = self.request
        assert request is not None, "Django gives every handler its request"
        others = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        most = (
            settings.DATA_UPLOAD_MAX_NUMBER_FILES * settings.FILES_MOST_BYTES + others
            if is_for_files(request.path_info)
            else others
        )
        if content_length > most:
            raise RequestDataTooBig("The request is longer than this page accepts.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        if self.received > settings.FILES_MOST_BYTES:
            self.request.has_too_large_file = True  # type: ignore[union-attr]
            self.file.close()
            raise SkipFile
        return super().receive_data_chunk(raw_data, start)


def is_for_files(path: str) -> bool:
    """Return whether a page at this path takes files."""
    return path.startswith(settings.FILES_PATH)
