"""Who visits the portal, all that there is to visit, and what its pages hold for them.

Nothing is listed by hand: the addresses are those of the tests' table of routes and of the admin's decisions, and a
form is read off its page and filled in by the kinds of its fields.
"""

from datetime import date
from typing import NamedTuple

from django.contrib import admin
from django.urls import Resolver404, resolve, reverse

from cas.batch_forms import BatchNameForm
from cas.forms import CASForm, form_class
from cas.models import CAS, Batch, Order, Printout, SandboxPayment, StoredSearch, StudyAddress
from cas.models.sandbox import SandboxState
from licences.models import User
from licences.roles import Role
from licences.sign_in import SignInForm
from sms.core.govuk.fields import DateField, MoneyField, NumberField
from tests.making import COMPLETE, PASSWORD, a_cas, a_draft, a_licence, a_user, an_allocation, an_order, assigned
from tests.pages import Page, typed_in
from tests.payments import decided, sent_to_sandbox
from tests.test_every_route import ROUTES


class Form(NamedTuple):
    """A form as a visitor finds it, filled in: where it goes, and the names and values that it sends."""

    address: str
    held: list[tuple[bytes, bytes]]


def furnish():
    """A portal with records in all the states that matter to a form; returns its visitors."""
    caseworker = a_user("caseworker", Role.CASEWORKER)
    licence = a_licence("4NUV7KB58", "University of Example", by=caseworker)
    elsewhere = a_licence("7XKQ2MD93", "Elsewhere College", by=caseworker)
    a_licence("9AAAAAAA9", "Suspended College", by=caseworker).suspend(by=caseworker, reason="Because")
    an_allocation(licence, number=50, by=caseworker)
    level1, level2 = a_user("level1", Role.LEVEL_1, licence), a_user("level2", Role.LEVEL_2, licence)
    outsider = a_user("outsider", Role.LEVEL_1, elsewhere)
    an_order(_ready(level2), by=level2).decline(by=User.objects.system())
    for owner in (level2, level1, outsider):
        a_draft(owner)
        _ready(owner)
    assigned(_ready(level2))
    an_order(_ready(level2), by=level2)
    sent_to_sandbox(an_order(_ready(level2), by=level2))
    for state in set(SandboxState) - {SandboxState.PENDING}:
        decided(an_order(_ready(level2), by=level2), state)
    for becomes in ("PAID", "REFUND DUE", "REFUND DUE"):
        _paid_late(becomes, by=level2)
    Order.objects.latest("pk").settle(by=User.objects.system())
    for name in ("", "Nobody"):
        StoredSearch.objects.all().keep("any", {"family_name": [name or "n"]}, by=level2)
    return [level1, level2, outsider, caseworker]


def _ready(by):
    return a_cas(by, passport_number=f"P{CAS.objects.count()}")


def _paid_late(becomes, *, by):
    """An order that lapsed and was paid. The portal does not know, and it will be PAID or REFUND DUE."""
    cas = _ready(by)
    order = an_order(cas, by=by)
    decided(order, SandboxState.PAID)
    order.lapse(by=User.objects.system())
    if becomes == "REFUND DUE":
        cas.amend({"course_id": "changed"}, by=by, version=cas.version)


def addresses():
    """Every address at which there is something, for each of the records."""
    records = {
        "cas": CAS.objects.values_list("pk", flat=True),
        "order": Order.objects.values_list("reference", flat=True),
        "key": SandboxPayment.objects.values_list("key", flat=True),
        "search": StoredSearch.objects.values_list("key", flat=True),
        "batch_search": StoredSearch.objects.values_list("key", flat=True),
        "batch": Batch.objects.values_list("pk", flat=True),
        "printout": Printout.objects.values_list("key", flat=True),
        "address": StudyAddress.objects.values_list("pk", flat=True),
    }
    for route in ROUTES.values():
        name = next((name for name in records if f"{{{name}}}" in route.address), "")
        yield from (route.address.format(**{name: each}) for each in records.get(name, [""]))
    yield reverse("admin:index")
    for model, pages in admin.site._registry.items():
        yield _admin(model, "changelist")
        yield from [_admin(model, "add")] if pages.added_by else []
        for pk in model.objects.order_by("-pk").values_list("pk", flat=True)[: None if pages.decisions else 2]:
            yield from (_admin(model, page, pk) for page in ("change", "history"))
            yield from (_admin(model, "decision", pk, decision.name) for decision in pages.decisions)


def _admin(model, page, *args):
    return reverse(f"admin:{_name(model)}_{page}", args=args)


def _name(model):
    return f"{model._meta.app_label}_{model._meta.model_name}"


def page_at(address):
    """What the page at this address is called here: its route, and the decision's name. None where there is none."""
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return None
    return match.route, str(match.kwargs.get("name", ""))


def form_at(address):
    """The class of the form at this address; None where there is none that has fields."""
    match = resolve(address)
    if match.url_name == "account_login":
        return SignInForm
    if match.url_name == "edit_cas":
        cas = CAS.objects.filter(**match.kwargs).first()
        return form_class(cas.route) if cas else None
    if match.url_name == "create_batch":
        return BatchNameForm
    if match.url_name == "create_cas":
        return form_class(match.kwargs["route"])
    for model, pages in admin.site._registry.items():
        if match.url_name == f"{_name(model)}_add":
            return pages.added_by.form_class
        if match.url_name == f"{_name(model)}_decision":
            return next(each.form_class for each in pages.decisions if each.name == match.kwargs["name"])
    return None


def own_fields(address):
    """The names of the fields that the form at this address has."""
    kind = form_at(address)
    return frozenset(kind.base_fields if kind else ())


def forms(client, address):
    """The forms at this address, filled in: one for each button; and of a CAS one that makes it complete, or not."""
    answer = client.get(address)
    if answer.status_code == 405:  # one button leads here, from some other page
        yield Form(address, [])
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return
    page = Page(answer)
    for form in page.all("form"):
        if form["method"] != "post":
            continue
        goes_to = form["action"] or address
        typed = page.typed(form["action"])
        kind = None if form["action"] else form_at(address)
        if kind:
            typed |= filled(kind, form, typed)
        elif sought := {"anything", "family_name"} & typed.keys():
            typed |= dict.fromkeys(sought, "Nobody")  # a search is kept when it does not find just one
        buttons = [{each["name"]: each["value"]} for each in form.all("button") if each["name"]]
        for pressed in buttons or [{}]:
            yield Form(goes_to, _pairs(typed | pressed))
        if kind and issubclass(kind, CASForm):
            yield Form(goes_to, _pairs(typed | typed_in(COMPLETE)))
            yield Form(goes_to, _pairs(typed | {"family_name": "Again", "gender": ""}))


def filled(kind, form, typed):
    """A good answer for each field, by what kind of field it is."""
    if issubclass(kind, CASForm):
        return {}
    if kind is SignInForm:
        return {"login": "level1", "password": PASSWORD}
    answers = {}
    for name, field in kind.base_fields.items():
        offered = [each["value"] for each in form.all("input") if each["name"] == name and each["type"] in CHOSEN]
        if offered:
            answers[name] = typed.get(name) or offered[-1]
        elif isinstance(field, DateField):
            answers |= typed_in({name: date(2040, 6, 1)}) if not typed[f"{name}_day"] else {}
        elif name != "password":
            answers[name] = _answer(name, field)
    return answers


CHOSEN = {"radio", "checkbox"}


def _answer(name, field):
    if isinstance(field, NumberField | MoneyField):
        return "77"
    if field.max_length == 9:
        return "7AAAAAAA7"
    return "new@example.ac.uk" if name == "email" else f"new-{name}"


def _pairs(typed):
    return [(name.encode(), value.encode()) for name, value in typed.items()]
