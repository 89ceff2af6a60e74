"""Pages where users keep the course templates of their sponsor, to fill in the form of a CAS (section 8)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cas.details import fields
from cas.forms.course_templates import CourseTemplateForm, FindTemplatesForm, parameters, template_form
from cas.forms.pickers import typed_as
from cas.models import CAS, CourseTemplate, Rule
from cas.models.course_template import default_name
from cas.views.loading import load_route
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.routes import Route
from licences.timeline import timeline
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import link, saved
from sms.core.govuk.pages import pagination
from sms.core.ids import id_in
from sms.core.refused import Stale

A_PAGE = 50
FORM = ["GET", "HEAD", "POST"]
FROM_CAS = "from"


@require_safe
@requires(Action.TEMPLATES_KEEP)
def course_templates(request: SignedInRequest) -> HttpResponse:
    """List the templates that are offered, or those that are retired, which a text can narrow down."""
    form, is_retired = FindTemplatesForm({"course": request.GET.get("course", "")}), "retired" in request.GET
    mine = CourseTemplate.objects.for_user(request.user)
    rows = mine.filter(retired_on__isnull=not is_retired)
    rows = rows.search(form.cleaned_data["course"]) if form.is_valid() else rows.none()
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pagination": pagination(page, request.GET),
        "form": form,
        "is_retired": is_retired,
        "count": page.paginator.count,
        "has_retired": mine.exclude(retired_on=None).exists(),
        "routes": request.user.sponsor.open_routes(),
    }
    return render(request, "cas/course_templates.html", context)


@require_http_methods(FORM)
@requires(Action.TEMPLATES_KEEP)
@keeps_drafts(parameters, is_new=True)
def add_course_template(request: SignedInRequest, draft: FormDraft, route: str) -> HttpResponse:
    """Add a template by hand or, with `from` in the address, from the course of a CAS."""
    chosen = load_route(route, request.user.sponsor.open_routes())
    form = draft.shown(_form(request, draft, chosen, _from_cas(request, chosen)))
    if form.is_valid():
        with form.refusals():
            mine = CourseTemplate.objects.for_user(request.user)
            template = draft.save_once(mine, lambda: mine.add(form.changes(), route=chosen, by=request.user))
            return _saved(request, template, True)
    return _page(request, form, draft, None)


@require_http_methods(FORM)
@requires(Action.TEMPLATES_KEEP)
@keeps_drafts(parameters)
def edit_course_template(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
    template = _load(request, pk)
    initial = {"name": template.name, **template.values, "version": template.version}
    form = draft.shown(_form(request, draft, template.route, initial))
    if form.is_valid():
        try:
            with form.refusals():
                changed = template.amend(form.changes(), by=request.user, version=form.based_on())
                draft.finish()
                return _saved(request, template, changed)
        except Stale as stale:
            again = type(form)(initial={**form.changes(), "version": template.version})
            return _page(request, again, draft, template, stale)
    return _page(request, form, draft, template)


@require_POST
@requires(Action.TEMPLATES_KEEP)
def retire_course_template(request: SignedInRequest, pk: int) -> HttpResponse:
    template = _load(request, pk)
    template.retire(by=request.user)
    see = link("Reinstate it", reverse("edit_course_template", args=[pk]))
    messages.success(request, f"The template “{template}” is retired. Existing CAS do not change.", extra_tags=see)
    return redirect("course_templates")


@require_POST
@requires(Action.TEMPLATES_KEEP)
def reinstate_course_template(request: SignedInRequest, pk: int) -> HttpResponse:
    template = _load(request, pk)
    template.reinstate(by=request.user)
    messages.success(request, f"The template “{template}” is offered on the CAS form again.")
    return redirect("course_templates")


@require_safe
@requires(Action.CAS_CREATE)
def course_template_texts(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return the texts that the template fills into the form of a CAS, by parameter, for the form's script."""
    template = _load(request, pk)
    return JsonResponse(typed_as(template.values, template.route))


def _load(request: SignedInRequest, pk: int) -> CourseTemplate:
    template: CourseTemplate = get_object_or_404(CourseTemplate.objects.for_user(request.user), pk=pk)
    return template


def _from_cas(request: SignedInRequest, route: Route) -> dict[str, object]:
    """Return the course of the CAS that the address names, with a name for its template; nothing if it names none."""
    pk = id_in(request.GET.get(FROM_CAS, ""))
    cas = CAS.objects.for_user(request.user).filter(pk=pk, route=route).first() if pk else None
    course = {name: getattr(cas, name) for name in fields.OF_COURSE} if cas else {}
    return {"name": default_name(course), **course} if course else {}


def _form(request: SignedInRequest, draft: FormDraft, route: str, initial: dict[str, object]) -> CourseTemplateForm:
    limits = Rule.objects.limits_for(request.user.sponsor)
    return template_form(route, limits)(draft.typed, initial=initial)


def _saved(request: SignedInRequest, template: CourseTemplate, changed: bool) -> HttpResponse:
    see = link("Edit it", reverse("edit_course_template", args=[template.pk]))
    said = f"The template “{template}” is saved. Existing CAS have not changed."
    saved(request, changed, said, extra_tags=see)
    return redirect("course_templates")


def _page(
    request: SignedInRequest,
    form: CourseTemplateForm,
    draft: FormDraft,
    template: CourseTemplate | None,
    stale: Stale | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "draft": draft,
        "route": Route(form.route),
        "template": template,
        "timeline": timeline(template, request.GET) if template else [],
        "stale": stale,
    }
    return render_form(request, "cas/course_template.html", context, stale=stale)
