"""Pages of `Bulk data transfer`: send a file, check it, and import what was found to be good (section 11)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bulk_data_transfer import refusals, sending
from bulk_data_transfer.forms import asking
from bulk_data_transfer.forms.changes import ChangesForm
from bulk_data_transfer.forms.uploads import (
    MEGABYTE,
    AnswersForm,
    ImportForm,
    OperationForm,
    PasteForm,
    RouteForm,
    SendForm,
)
from bulk_data_transfer.models import Stage, Upload
from bulk_data_transfer.operation import OPERATIONS, open_to
from bulk_data_transfer.reading import LABELS, SHEETS
from bulk_data_transfer.records import PASTED
from bulk_data_transfer.results import by_field, can_be_imported, chosen, listed, seconds_to_import, title_of, totals
from bulk_data_transfer.views.loading import load_upload
from licences.access import requires
from licences.jobs import verbs
from licences.models.job import JobState
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.routes import Route
from licences.timeline import timeline
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import refused_to
from sms.core.govuk.pages import pagination
from sms.core.govuk.progress import Progress
from sms.core.ids import ids_in
from sms.core.refused import Refused

A_PAGE, A_PAGE_OF_ROWS = 25, 100
FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
@requires(Action.FILES_SEND)
def uploads(request: SignedInRequest) -> HttpResponse:
    """Take a file, and list the files that the user may see, newest first."""
    form = SendForm(request.POST, request.FILES) if request.method == "POST" else SendForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        with form.refusals("file"):
            return redirect("upload", sending.send(file, name=file.name, by=request.user).key)
    mine = Upload.objects.for_user(request.user).select_related("by", "job").order_by("-pk")
    page = Paginator(mine, A_PAGE).get_page(request.GET.get("page"))
    limits = {"megabytes": settings.FILES_MOST_BYTES // MEGABYTE, "records": settings.FILES_MOST_RECORDS}
    context = {"form": form, "page": page, "pagination": pagination(page, request.GET), "limits": limits}
    context["operations"] = open_to(request.user)
    return render_form(request, "files/uploads.html", context)


@require_safe
@requires(Action.FILES_SEND)
def upload(request: SignedInRequest, key: str) -> HttpResponse:
    """Show how far a file has come, and what to do next."""
    return upload_page(request, load_upload(request, key))


@require_http_methods(FORM)
@requires(Action.FILES_SEND)
def paste_upload(request: SignedInRequest) -> HttpResponse:
    """Take a pasted list of CAS numbers or Applicant IDs."""
    operations = open_to(request.user, lists_only=True)
    form = PasteForm(request.POST if request.method == "POST" else None, operations=operations)
    if form.is_valid():
        with form.refusals():
            return redirect("upload", sending.paste(form.cleaned_data["cas"], form.chosen(), by=request.user).key)
    return render_form(request, "files/paste.html", {"form": form})


@require_POST
@requires(Action.FILES_SEND)
def change_operation(request: SignedInRequest, key: str) -> HttpResponse:
    """Use a sheet or a pasted list for another operation than it was taken for."""
    wanted = load_upload(request, key)
    form = operation_form(request, wanted, request.POST)
    if form.is_valid():
        with form.refusals("operation"):
            sending.use_for(wanted, OPERATIONS[form.cleaned_data["operation"]], by=request.user)
            return redirect("upload", key)
    return upload_page(request, wanted, other_form=form)


def operation_form(request: SignedInRequest, wanted: Upload, data: Any = None) -> OperationForm:
    """Return the form that asks what a file is for."""
    operations = open_to(request.user, lists_only=wanted.format == PASTED)
    others = [each for each in operations if each.name != wanted.operation]
    return OperationForm(data, operations=others)


@require_POST
@requires(Action.FILES_SEND)
def check_upload(request: SignedInRequest, key: str) -> HttpResponse:
    """`Check only`: start the check, with the answers to what the file does not say."""
    wanted = load_upload(request, key)
    if "route" in request.POST and not wanted.route:
        return _with_route(request, wanted)
    form = asking.answers_form(wanted, request.POST, request.FILES)
    if form.is_valid():
        with form.refusals("sheet"):
            wanted.ask_for_check(answers=form.answers(), by=request.user)
            return redirect("upload", key)
    return upload_page(request, wanted, answers_form=form)


@require_POST
@requires(Action.FILES_SEND)
def import_upload(request: SignedInRequest, key: str) -> HttpResponse:
    """Import the records of a checked file, without sending it again."""
    wanted = load_upload(request, key)
    if wanted.stage != Stage.CHECKED:
        return refused_to(request, refusals.NOT_CHECKED(), "upload", key)
    if not can_be_imported(wanted):
        return refused_to(request, refusals.NOTHING_IN_THE_FILE(), "upload", key)
    form = ImportForm(request.POST, upload=wanted)
    if form.is_valid():
        with form.refusals("batch_name"):
            wanted.ask_for_import(**form.chosen(), by=request.user)
            return redirect("upload", key)
    return upload_page(request, wanted, import_form=form)


@require_safe
@requires(Action.FILES_SEND)
def upload_state(request: SignedInRequest, key: str) -> HttpResponse:
    """Send the progress to the script of the page `upload`."""
    return _progress(load_upload(request, key)).answer()


@require_POST
@requires(Action.FILES_SEND)
def cancel_upload(request: SignedInRequest, key: str) -> HttpResponse:
    """Stop checking or importing a file. An import that has begun is undone."""
    wanted = load_upload(request, key)
    try:
        if wanted.job:
            verbs.cancel(wanted.job, by=request.user)
    except Refused as refused:
        return refused_to(request, refused, "upload", key)
    messages.success(request, "Stopped. Nothing was imported.")
    return redirect("upload", key)


@require_http_methods(FORM)
@requires(Action.FILES_SEND)
def upload_records(request: SignedInRequest, key: str, group: str) -> HttpResponse:
    """List the records of a file: all, or those of one outcome. Duplicates can be made exceptions."""
    wanted = load_upload(request, key)
    if request.method == "POST":
        return _except_for(request, wanted)
    field, code = request.GET.get("field", ""), request.GET.get("code", "")
    rows = chosen(wanted, group, field, code)
    page = Paginator(rows.order_by("number"), A_PAGE_OF_ROWS).get_page(request.GET.get("page"))
    context = {
        "upload": wanted,
        "group": group,
        "about": title_of(field, code) if code else "",
        "rows": listed(page.object_list, request.user),
        "page": page,
        "pagination": pagination(page, request.GET),
    }
    return render(request, "files/records.html", context)


def upload_page(
    request: SignedInRequest,
    wanted: Upload,
    *,
    route_form: RouteForm | None = None,
    answers_form: AnswersForm | ChangesForm | None = None,
    import_form: ImportForm | None = None,
    other_form: OperationForm | None = None,
) -> HttpResponse:
    """Show an upload, with the forms of its stage. `form` is the form that was sent, with its errors."""
    sent = route_form or answers_form or import_form or other_form
    context: dict[str, Any] = {
        "upload": wanted,
        "format": LABELS.get(wanted.format, wanted.format),
        "form": sent,
        "heading": _heading(wanted),
        "progress": _progress(wanted),
        "timeline": timeline(wanted, request.GET),
        "same_bytes": Upload.objects.same_bytes(wanted).first(),
        "by_field": by_field(wanted),
        "totals": totals(wanted),
        "seconds": seconds_to_import(wanted),
        **_forms(wanted, route_form, answers_form, import_form),
    }
    if wanted.format in {*SHEETS, PASTED} and _is_open(wanted) and wanted.licence_id:
        context["other_form"] = other_form or operation_form(request, wanted)
    return render_form(request, "files/upload.html", context)


def _is_open(wanted: Upload) -> bool:
    """Return whether there is something to do with an upload."""
    return not (wanted.is_working or wanted.imported_at or wanted.stored is None)


def _forms(
    wanted: Upload,
    route_form: RouteForm | None,
    answers_form: AnswersForm | ChangesForm | None,
    import_form: ImportForm | None,
) -> dict[str, Any]:
    if not _is_open(wanted):
        return {}
    if wanted.does.makes_cas and not wanted.route:
        return {"route_form": route_form or RouteForm(routes=wanted.sponsor.open_routes())}
    forms: dict[str, Any] = {"answers_form": answers_form or asking.answers_form(wanted)}
    if wanted.stage == Stage.CHECKED and can_be_imported(wanted):
        initial = {"batch_name": wanted.batch_name or wanted.file_id}
        forms["import_form"] = import_form or ImportForm(upload=wanted, initial=initial)
    return forms


def _with_route(request: SignedInRequest, wanted: Upload) -> HttpResponse:
    form = RouteForm(request.POST, routes=wanted.sponsor.open_routes())
    if form.is_valid():
        with form.refusals("route"):
            wanted.set_route(Route(form.cleaned_data["route"]), by=request.user)
            return redirect("upload", wanted.key)
    return upload_page(request, wanted, route_form=form)


def _except_for(request: SignedInRequest, wanted: Upload) -> HttpResponse:
    try:
        shown, chosen = set(ids_in(request.POST.getlist("shown"))), set(ids_in(request.POST.getlist("record")))
        wanted.except_for((set(wanted.exceptions) - shown) | chosen, by=request.user)
    except Refused as refused:
        return refused_to(request, refused, "upload", wanted.key)
    messages.success(request, "The exceptions are saved.")
    return redirect("upload", wanted.key)


def _heading(wanted: Upload) -> str:
    """Return the name of a file and how far it has come, as its page is headed."""
    if wanted.is_working:
        return f"{'Importing' if wanted.stage == Stage.CHECKED else 'Checking'} {wanted.name}"
    stage = Stage(wanted.stage)
    return wanted.name if stage == Stage.SENT else f"{wanted.name} is {stage.label.lower()}"


def _progress(wanted: Upload) -> Progress:
    """Return how many records have been checked; or that a check, or an import at once, has ended."""
    heading = _heading(wanted)
    if not wanted.is_working:
        failed = wanted.job and wanted.job.state == JobState.FAILED
        return Progress("This has failed." if failed else f"{heading}.", has_ended=True, heading=heading)
    if wanted.stage == Stage.CHECKED:
        return Progress("The records are imported all at once.", heading=heading)
    checked = wanted.job.progress if wanted.job else 0
    return Progress(f"{checked:,} {'record has' if checked == 1 else 'records have'} been checked.", heading=heading)
