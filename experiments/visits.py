"""Visitors of the portal, all addresses that they can visit, and the forms on those pages.

Nothing is listed by hand. The addresses come from the tests' table of routes and from the admin's decisions. A form is
read from its page and filled in by the types of its inputs.
"""

import re
from itertools import product
from string import Formatter
from typing import NamedTuple

from django.contrib import admin
from django.urls import Resolver404, resolve, reverse

from bulk_data_transfer.models import ColumnChoice, Export, Upload
from cas.finding.form import SearchForm
from cas.forms.agents import AgentForm
from cas.forms.cas import DetailsForm, form_class
from cas.forms.course_templates import template_form
from cas.models import CAS, Agent, Batch, CourseTemplate, Order, Printout, SandboxPayment, StudyAddress
from cas.views import finding
from licences.models import ActionPlan, LicenceRequest, Message, StoredSearch, User
from licences.sign_in import SignInForm
from licences.user_forms import ChangePasswordForm, ForgottenPasswordForm, UserForm
from sponsorship_duties import forms as duties
from sponsorship_duties.models import Activity, ActivityType
from tests.factories import (
    COMPLETE,
    PASSWORD,
)
from tests.pages import Page, sent_by, typed_in
from tests.routes import ROUTES

FORMS = {
    "account_login": SignInForm,
    "add_user": UserForm,
    "edit_user": UserForm,
    "change_password": ChangePasswordForm,
    "forgotten_password": ForgottenPasswordForm,
    "add_agent": AgentForm,
    "edit_agent": AgentForm,
    "activity_history": duties.ActivityTypeForm,
    "report_activity": duties.WithdrawReportForm,  # it has all fields of the other report forms
    "report_several": duties.ReportForm,
    "edit_note": duties.NoteForm,
    "update_fees": duties.FeesForm,
    "withdraw_cas": duties.WithdrawForm,
    "paste_to_report": duties.PasteReportForm,
}
"""Form classes by the name of their address, where the address always has the same form."""

SEARCHES = {"search": "any", "duty_search": "report-search", "several": "report-several"} | {
    name: name.replace("_", "-") for name in ("chosen", "graduates", "reported", "taken_off", "to_withdraw")
}
"""The screens of kept searches, by the name of their key in addresses."""


class Form(NamedTuple):
    """A form as a visitor finds it, filled in: the address that it goes to, and the names and values that it sends."""

    address: str
    held: list[tuple[bytes, bytes]]


def addresses():
    """Yield the address of every page, for each record. A page of two records has an address for each pair."""
    searches = StoredSearch.objects.order_by("pk")
    records = {
        "cas": _all(CAS, "pk"),
        "live": CAS.objects.filter(number__isnull=False).order_by("pk").values_list("pk", flat=True),
        "activity": _all(Activity, "pk"),
        "type": _all(ActivityType, "pk"),
        "batch": _all(Batch, "pk"),
        "request": _all(LicenceRequest, "pk"),
        "user": User.objects.filter(licence__isnull=False).order_by("pk").values_list("pk", flat=True),
        "message": _all(Message, "pk"),
        "message_search": searches.filter(screen="messages").values_list("key", flat=True),
        "action_plan": _all(ActionPlan, "pk"),
        "address": _all(StudyAddress, "pk"),
        "agent": _all(Agent, "pk"),
        "template": _all(CourseTemplate, "pk"),
        "printout": _all(Printout, "key"),
        "upload": _all(Upload, "key"),
        "export": _all(Export, "key"),
        "column_choice": _all(ColumnChoice, "pk"),
        "order": _all(Order, "reference"),
        "key": _all(SandboxPayment, "key"),
        "batch_search": searches.filter(screen="find_batch").values_list("key", flat=True),
        **{name: searches.filter(screen=screen).values_list("key", flat=True) for name, screen in SEARCHES.items()},
    }
    for route in ROUTES.values():
        names = [name for _, name, *_ in Formatter().parse(route.address) if name]
        for each in product(*(records[name] for name in names)):
            yield route.address.format(**dict(zip(names, each, strict=True)))
    yield reverse("admin:index")
    for model, pages in admin.site._registry.items():
        yield _admin(model, "changelist")
        yield from [_admin(model, "add")] if pages.added_by else []
        for pk in model.objects.order_by("-pk").values_list("pk", flat=True)[: None if pages.decisions else 2]:
            yield from (_admin(model, page, pk) for page in ("change", "history"))
            yield from (_admin(model, "decision", pk, decision.name) for decision in pages.decisions)


def _all(model, column):
    return model.objects.order_by("pk").values_list(column, flat=True)


def _admin(model, page, *args):
    return reverse(f"admin:{_name(model)}_{page}", args=args)


def _name(model):
    return f"{model._meta.app_label}_{model._meta.model_name}"


def page_at(address):
    """Return the route and the decision's name of the page at this address, or None if there is no page."""
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return None
    return match.route, str(match.kwargs.get("name", ""))


def form_at(address):
    """Return the class of the form at this address, or None if no form there has fields."""
    match = resolve(address)
    if match.url_name in FORMS:
        return FORMS[match.url_name]
    if match.url_name == "edit_cas":
        cas = CAS.objects.filter(**match.kwargs).first()
        return form_class(cas.route) if cas else None
    if match.url_name == "create_cas":
        return form_class(match.kwargs["route"])
    if match.url_name == "add_course_template":
        return template_form(match.kwargs["route"])
    if match.url_name == "edit_course_template":
        template = CourseTemplate.objects.filter(**match.kwargs).first()
        return template_form(template.route) if template else None
    if match.func is finding.search_cas:  # the search box on every page has only one of its fields
        return SearchForm
    for model, pages in admin.site._registry.items():
        if match.url_name == f"{_name(model)}_add":
            return pages.added_by.form_class
        if match.url_name == f"{_name(model)}_decision":
            return next(each.form_class for each in pages.decisions if each.name == match.kwargs["name"])
    return None


def own_fields(address):
    """Return the names of the fields of the form at this address."""
    kind = form_at(address)
    return frozenset(kind.base_fields if kind else ())


def forms(client, address):
    """Yield the forms at this address, filled in, one for each button. A CAS form comes complete and incomplete."""
    answer = client.get(address)
    if answer.status_code == 405:  # only a button on another page leads here
        yield Form(address, [])
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return
    for form in Page(answer).all("form"):
        if form["method"] != "post":
            continue
        goes_to, typed = form["action"] or address, dict(sent_by(form))
        typed.pop("csrfmiddlewaretoken", "")
        kind = None if form["action"] else form_at(address)
        is_of_cas = kind and issubclass(kind, DetailsForm)
        if not is_of_cas:
            answers = filled(form)
            if len(answers) > 3:
                yield Form(goes_to, _pairs(typed | dict([min(answers.items())])))  # a search for one thing
            typed |= answers
        for button in form.all("button"):
            leads_to = button["formaction"].partition("#")[0] or goes_to
            pressed = {button["name"]: button["value"]} if button["name"] else {}
            yield Form(leads_to, _pairs(typed | pressed))
        if is_of_cas:
            complete = typed | typed_in(COMPLETE)
            yield from (Form(goes_to, _pairs(each)) for each in (complete, overfull(kind, complete)))
            yield Form(goes_to, _pairs(typed | {"family_name": "Again", "gender": ""}))


def filled(form):
    """Return a valid answer for each question that the form leaves open. Keep the options that are selected."""
    answers = {}
    chosen = {each["name"] for each in form.all("input") if "checked" in each}
    for each in form.all("input", "select", "textarea"):
        name, kind = each["name"], each["type"]
        if kind in {"radio", "checkbox"} and name not in chosen:
            answers[name] = each["value"]
        elif each.tag == "select" and not any("selected" in option for option in each.all("option")):
            answers[name] = each.all("option")[-1]["value"]
        elif each.tag == "textarea" or kind in {"", "text", "search"}:
            answers |= _answer(name, each)
    return answers | ({"login": "level1", "password": PASSWORD} if "login" in answers else {})


def _answer(name, field):
    if part := re.search("_(day|month|year)$", name):
        return {} if field["value"] else {name: {"day": "1", "month": "6", "year": "2040"}[part[1]]}
    if field["inputmode"] in {"numeric", "decimal"}:
        return {name: "77"}
    known = {
        "number": "7AAAAAAA7",
        "study_postcode": "WC1E 6BT",
        "email": "new@example.ac.uk",
        "password": field["value"],
        "value": "20",  # of most rules that change by date
    }
    return {name: known.get(name, f"new-{name}")}


def overfull(kind, typed):
    """Return the values with some text added in every empty field that accepts it."""
    tried = typed | {name: "A1" for name in kind.base_fields if not typed.get(name, "?")}
    wrong = kind(tried).errors
    return {name: typed[name] if name in wrong else value for name, value in tried.items()}


def _pairs(typed):
    return [(name.encode(), value.encode()) for name, value in typed.items()]
