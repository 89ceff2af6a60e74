"""Pages of exports: choose records, then columns and a format; watch the progress; download the file."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bulk_data_transfer import exporting, left_out
from bulk_data_transfer.datasets import DATASETS, Dataset
from bulk_data_transfer.forms.exports import USUAL, ExportForm, SpanForm
from bulk_data_transfer.models import ColumnChoice, Export
from bulk_data_transfer.models.export import KEPT_FOR, MOST
from bulk_data_transfer.spans import SPANS, prepare
from bulk_data_transfer.views.loading import load_column_choice, load_export
from bulk_data_transfer.writing.formats import FORMATS
from cas.finding.selection import selection_of
from cas.models import CAS
from cas.views.loading import load_batch
from licences.access import requires
from licences.jobs import verbs
from licences.models.job import JobState
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.timeline import timeline
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import nothing_selected, refused_to
from sms.core.govuk.pages import pagination
from sms.core.govuk.progress import Progress
from sms.core.refused import Refused
from sponsorship_duties.compliance.listed import listed

A_PAGE = 25
FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
@requires(Action.CAS_EXPORT)
def exports(request: SignedInRequest) -> HttpResponse:
    """Ask what to export, and list the exports that the user may see, newest first."""
    form = SpanForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        days = (form.cleaned_data["first"], form.cleaned_data["last"])
        with form.refusals("span"):
            export = prepare(SPANS[form.cleaned_data["span"]], days, by=request.user)
            return redirect("export", export.key)
    page = Paginator(Export.objects.for_user(request.user).asked(), A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "pagination": pagination(page, request.GET), "formats": FORMATS}
    return render_form(request, "files/exports.html", context)


@require_POST
@requires(Action.CAS_EXPORT)
def export_selected(request: SignedInRequest) -> HttpResponse:
    """Export the CAS that were selected in a list, or all CAS that a search found."""
    selection = selection_of(request, most=MOST)
    mine = set(CAS.objects.for_user(request.user).filter(pk__any_of=selection.ids).values_list("pk", flat=True))
    ids = [pk for pk in dict.fromkeys(selection.ids) if pk in mine]
    if not ids:
        return nothing_selected(request, selection.back, "export")
    return _prepared(request, ids, selection.list_name, selection.back)


@require_POST
@requires(Action.CAS_EXPORT)
def export_batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Export the CAS of a batch that the user may see."""
    batch = load_batch(request, pk)
    ids = CAS.objects.for_user(request.user).filter(batch=batch).order_by("pk").values_list("pk", flat=True)
    return _prepared(request, list(ids), f"Batch {batch.name}", reverse("batch", args=[pk]))


@require_POST
@requires(Action.COMPLIANCE_SEE)
def export_compliance(request: SignedInRequest, name: str, part: str) -> HttpResponse:
    """Export the CAS behind a number of `Compliance`."""
    found = listed(name, part, request.GET.dict(), request.user)
    if found is None:
        raise Http404
    ids = found.rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1]
    back = reverse("compliance_list", args=[name, part])
    return _prepared(request, list(ids), f"Compliance: {found.title}", f"{back}{found.query}")


@require_http_methods(FORM)
@requires(Action.CAS_EXPORT)
def export(request: SignedInRequest, key: str) -> HttpResponse:
    """Ask for the format and the columns. Once they are chosen, show the progress, and then a link to the file."""
    wanted = load_export(request, key)
    if wanted.asked_at:
        return _state_page(request, wanted)
    dataset = DATASETS[wanted.dataset]
    form = _export_form(request, wanted, dataset)
    if form.is_valid():
        with form.refusals("save_as"):
            return _ask(request, wanted, form)
    context = {"export": wanted, "dataset": dataset, "form": form, "saved": form.saved}
    return render_form(request, "files/export_form.html", context)


@require_safe
@requires(Action.CAS_EXPORT)
def export_state(request: SignedInRequest, key: str) -> HttpResponse:
    """Send the progress to the script of the page `export`."""
    return _progress(load_export(request, key)).answer()


@require_POST
@requires(Action.CAS_EXPORT)
def cancel_export(request: SignedInRequest, key: str) -> HttpResponse:
    """Cancel an export, unless it has finished."""
    wanted = load_export(request, key)
    try:
        if wanted.job:
            verbs.cancel(wanted.job, by=request.user)
    except Refused as refused:
        return refused_to(request, refused, "export", key)
    messages.success(request, f"Export cancelled: {wanted.name}")
    return redirect("exports")


@require_safe
@requires(Action.CAS_EXPORT)
def fetch_export(request: SignedInRequest, key: str) -> HttpResponseBase:
    """Send the file of an export."""
    wanted = load_export(request, key)
    if wanted.file is None:
        return redirect("export", key)
    headers = {
        "Content-Disposition": content_disposition_header(True, wanted.file.name) or "",
        "Content-Length": str(wanted.file.size),
    }
    return StreamingHttpResponse(
        wanted.file.chunks(), content_type=FORMATS[wanted.format].content_type, headers=headers
    )


@require_safe
@requires(Action.CAS_EXPORT)
def fetch_left_out(request: SignedInRequest, key: str) -> HttpResponse:
    """Send a CSV file of what an upload file leaves out or spells in another way."""
    wanted = load_export(request, key)
    name = f"left-out-{wanted.pk}.csv"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    file = BytesIO()
    left_out.write_csv(wanted, file, request.user)
    return HttpResponse(file.getvalue(), content_type=FORMATS["csv"].content_type, headers=headers)


@require_http_methods(FORM)
@requires(Action.CAS_EXPORT)
def delete_column_choice(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask whether to delete a saved choice of columns, and delete it."""
    choice = load_column_choice(request, pk)
    if request.method == "POST":
        choice.remove(by=request.user)
        messages.success(request, f"The choice of columns {choice.name} was deleted.")
        return redirect("exports")
    shown = DATASETS[choice.dataset].chosen(choice.columns)
    return render(request, "files/column_choice_delete.html", {"choice": choice, "columns": shown})


def _prepared(request: SignedInRequest, ids: Sequence[int], name: str, back: str) -> HttpResponse:
    try:
        prepared = Export.objects.prepare("cas", ids, name=name, by=request.user)
    except Refused as refused:
        return refused_to(request, refused, back)
    return redirect("export", prepared.key)


def _export_form(request: SignedInRequest, wanted: Export, dataset: Dataset) -> ExportForm:
    return ExportForm(
        request.POST if request.method == "POST" else None,
        dataset=dataset,
        formats=exporting.offered(wanted),
        saved=ColumnChoice.objects.for_user(request.user).of_dataset(dataset.name),
        initial={"which": USUAL, "format": next(iter(FORMATS))},
    )


def _ask(request: SignedInRequest, wanted: Export, form: ExportForm) -> HttpResponse:
    columns = form.columns()
    if name := form.cleaned_data["save_as"]:
        ColumnChoice.objects.add(name, dataset=wanted.dataset, columns=columns, by=request.user)
    chosen = {"file_format": form.cleaned_data["format"], "has_codes": form.cleaned_data["has_codes"]}
    exporting.ask(wanted, columns=columns, by=request.user, **chosen)
    return redirect("export", wanted.key)


def _state_page(request: SignedInRequest, wanted: Export) -> HttpResponse:
    context = {
        "export": wanted,
        "dataset": DATASETS[wanted.dataset],
        "format": FORMATS[wanted.format],
        "days": KEPT_FOR.days,
        "heading": _heading(wanted),
        "progress": _progress(wanted),
        "timeline": timeline(wanted, request.GET),
        "left_out": left_out.shown(wanted, request.user),
        "number_left_out": sum(each["is_left_out"] for each in wanted.left_out),
    }
    return render(request, "files/export.html", context)


def _heading(wanted: Export) -> str:
    """Return the state of an export, as its page is headed."""
    if wanted.file:
        return "Your export is ready"
    if wanted.job and wanted.job.is_open:
        return "Exporting"
    if wanted.finished_at:
        return "Export no longer kept"
    return "Export cancelled" if wanted.job and wanted.job.state == JobState.CANCELLED else "There is no file"


def _progress(wanted: Export) -> Progress:
    """Return how many records have been written, or how the export has ended."""
    heading = _heading(wanted)
    if not (wanted.job and wanted.job.is_open):
        return Progress(f"{heading}.", wanted.count, wanted.count, has_ended=True, heading=heading)
    done, label = wanted.job.progress, DATASETS[wanted.dataset].label
    return Progress(f"{done:,} of {wanted.count:,} {label} have been written.", done, wanted.count, heading=heading)
