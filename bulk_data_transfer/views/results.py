"""The results of a file, as a file."""

from __future__ import annotations

from io import BytesIO

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from bulk_data_transfer import exporting, result_files
from bulk_data_transfer.models import Upload
from bulk_data_transfer.views.loading import load_upload
from bulk_data_transfer.writing.formats import FORMATS
from licences.access import requires
from licences.models import User
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.govuk.banners import refused_to
from sms.core.refused import Refused


@require_POST
@requires(Action.FILES_SEND)
def export_results(request: SignedInRequest, key: str, file_format: str) -> HttpResponse:
    """Export the results of a file. A small one is downloaded at once, as are those of a caseworker's file."""
    wanted = load_upload(request, key)
    if file_format not in result_files.FORMATS:
        raise Http404
    try:
        if wanted.licence_id is None:
            return _download(wanted, file_format, request.user)
        export = result_files.prepare(wanted, by=request.user)
        exporting.ask(export, file_format=file_format, columns=[], has_codes=False, by=request.user)
    except Refused as refused:
        return refused_to(request, refused, "upload", key)
    if export.finished_at:
        return redirect("fetch_export", export.key)
    messages.success(request, "The results are being written.")
    return redirect("export", export.key)


def _download(wanted: Upload, file_format: str, user: User) -> HttpResponse:
    """Send the results of a file that has no sponsor. Exports are records of sponsors, so this is none."""
    result_files.refuse_without_results(wanted)
    file = BytesIO()
    result_files.write_results(wanted, file_format, file, by=user)
    kind = FORMATS[file_format]
    name = f"results-{wanted.pk}.{kind.extension}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(file.getvalue(), content_type=kind.content_type, headers=headers)
