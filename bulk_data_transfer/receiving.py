"""Receiving files: only the pages of `Bulk data transfer` may, and a file that is too large is not kept."""

from __future__ import annotations

import tempfile
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError


class ReceivedFile(FileUploadHandler):
    """The handler of the files of every request.

    A file goes into a temporary file without a name, which is gone even if the process is killed. Of a file over the
    limit, nothing is kept but the fact: `is_too_large`. A file of a visitor who has not signed in is not even written:
    the request `has_lost_file`.
    """

    request: HttpRequest
    file: UploadedFile[Any]

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse, before anything is read, a request that is too long for its address."""
        others = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        most = (
            settings.DATA_UPLOAD_MAX_NUMBER_FILES * settings.FILES_MOST_BYTES + others
            if is_for_files(self.request.path_info)
            else others
        )
        if content_length > most:
            raise RequestDataTooBig("The request is longer than this page accepts.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if not is_for_files(self.request.path_info):
            raise MultiPartParserError("This page takes no files.")
        if self.request.user.is_anonymous:
            self.request.has_lost_file = True  # type: ignore[attr-defined]
            raise SkipFile
        unnamed = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 closed with the request
        self.file = UploadedFile(unnamed, self.file_name)
        self.is_too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.is_too_large or start + len(raw_data) > settings.FILES_MOST_BYTES:
            self.is_too_large = True
            self.file.truncate(0)
        else:
            self.file.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        self.file.seek(0)
        self.file.size = file_size
        self.file.is_too_large = self.is_too_large  # type: ignore[attr-defined]
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


def is_for_files(path: str) -> bool:
    """Return whether a page at this path takes files."""
    return path.startswith(settings.FILES_PATH)
