"""Every address of the portal refuses every user who may not use it. A route that is not in the table fails a test.

The admin's addresses have their own tests.
"""

from collections import defaultdict
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from bulk_data_transfer.models import ColumnChoice
from cas.models import CAS, CourseTemplate, Printout, StudyAddress
from cas.payments import checkout
from licences.models import ActionPlan, Event, StoredSearch
from licences.permissions import Action
from tests.bulk_data_transfer.factories import a_record, an_export, an_upload
from tests.factories import a_batch, a_cas, an_agent, an_order, assigned
from tests.licences.factories import an_increase
from tests.pages import Page
from tests.sponsorship_duties.factories import a_report

READ, SEND = ("GET", "HEAD"), ("POST",)
FILES = "students/bulk-data-transfer/"  # the pages of files, which caseworkers have as well
NUMBERS, KEYS = ("0", "9" * 30, "x"), ("0", "SMS-0123", "a" * 500, "%00", "%ED%A0%80")  # of no record
EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@dataclass(frozen=True)
class Route:
    """An address of the portal.

    `record` is the kind of record that it shows, such as a CAS or an order, or empty. `public` is the reason why it
    needs no sign-in, or empty. On a page that `is_for_level_1`, a Level 2 user sees a refusal that says so. A page that
    `is_for_colleagues` shows the record to all users of the sponsor.
    """

    address: str
    methods: tuple[str, ...]
    record: str = ""
    public: str = ""
    is_everybodys: bool = False
    is_for_level_1: bool = False
    is_for_colleagues: bool = False


ROUTES = {
    "": Route("/", READ, is_everybodys=True),
    "session/": Route("/session/", READ + SEND, public="it shows how long a user stays signed in: 0 seconds to others"),
    "health": Route("/health", READ, public="the monitoring of the portal has no user ID"),
    "accessibility/": Route("/accessibility/", READ + SEND, public="a user who cannot sign in may need it"),
    "sign-in/": Route("/sign-in/", READ + SEND, public="the way in"),
    "sign-out/": Route("/sign-out/", READ + SEND, public="a user who is signed out is sent to the sign-in page"),
    "help/": Route("/help/", READ, public="a user who cannot sign in may need it"),
    "help/<slug:name>/": Route("/help/sign-in/", READ, public="a user who cannot sign in may need it"),
    "licence/": Route("/licence/", READ, is_for_level_1=True),
    "licence/history/": Route("/licence/history/", READ, is_for_level_1=True),
    "licence/action-plans/<int:pk>/": Route(
        "/licence/action-plans/{action_plan}/", READ + SEND, "action plan", is_for_level_1=True
    ),
    "licence/requests/changes/": Route("/licence/requests/changes/", READ + SEND, is_for_level_1=True),
    "licence/requests/services/": Route("/licence/requests/services/", READ + SEND, is_for_level_1=True),
    "licence/requests/": Route("/licence/requests/", READ, is_for_level_1=True),
    "licence/requests/increase/": Route("/licence/requests/increase/", READ + SEND, is_for_level_1=True),
    "licence/requests/renewal/": Route("/licence/requests/renewal/", READ + SEND, is_for_level_1=True),
    "licence/requests/new/<slug:kind>/": Route("/licence/requests/new/increase/", READ + SEND, is_for_level_1=True),
    "licence/requests/new/<slug:kind>/<str:route>/": Route(
        "/licence/requests/new/increase/STUDENT/", READ + SEND, is_for_level_1=True
    ),
    "licence/requests/<int:pk>/": Route("/licence/requests/{request}/", READ, "request", is_for_level_1=True),
    "licence/requests/<int:pk>/edit/": Route(
        "/licence/requests/{request}/edit/", READ + SEND, "request", is_for_level_1=True
    ),
    "licence/requests/<int:pk>/delete/": Route(
        "/licence/requests/{request}/delete/", READ + SEND, "request", is_for_level_1=True
    ),
    "licence/requests/<int:pk>/withdraw/": Route(
        "/licence/requests/{request}/withdraw/", READ + SEND, "request", is_for_level_1=True
    ),
    "students/": Route("/students/", READ),
    "students/create-cas/": Route("/students/create-cas/", READ + SEND),
    "students/create-cas/<str:route>/": Route("/students/create-cas/STUDENT/", READ + SEND),
    "students/create-cas/<str:route>/new/": Route("/students/create-cas/STUDENT/new/", READ + SEND),
    "students/create-cas/<str:route>/find/": Route("/students/create-cas/STUDENT/find/", READ + SEND),
    "students/assign-cas/single/": Route("/students/assign-cas/single/", READ + SEND),
    "students/search/": Route("/students/search/", READ + SEND),
    "students/find/": Route("/students/find/", READ + SEND),
    "students/search/<slug:key>/": Route("/students/search/{search}/", READ, "search"),
    "students/search/<slug:key>/change/": Route("/students/search/{search}/change/", READ, "search"),
    "students/create-cas/<str:route>/new-batch/": Route("/students/create-cas/STUDENT/new-batch/", READ + SEND),
    "students/create-cas/<str:route>/batch/<int:pk>/": Route(
        "/students/create-cas/STUDENT/batch/{batch}/", READ + SEND, "batch"
    ),
    "students/assign-cas/": Route("/students/assign-cas/", READ + SEND),
    "students/assign-cas/batch/": Route("/students/assign-cas/batch/", READ + SEND),
    "students/assign-cas/batch/<slug:key>/": Route("/students/assign-cas/batch/{batch_search}/", READ, "search"),
    "students/batches/": Route("/students/batches/", READ),
    "students/batches/<int:pk>/": Route("/students/batches/{batch}/", READ, "batch"),
    "students/batches/<int:pk>/rename/": Route("/students/batches/{batch}/rename/", READ + SEND, "batch"),
    "students/batches/<int:pk>/take-out/": Route("/students/batches/{batch}/take-out/", SEND, "batch"),
    "students/batches/<int:pk>/move/": Route("/students/batches/{batch}/move/", SEND, "batch"),
    "students/batches/<int:pk>/delete/": Route("/students/batches/{batch}/delete/", READ + SEND, "batch"),
    "students/batches/<int:pk>/set-field/": Route("/students/batches/{batch}/set-field/", READ + SEND, "batch"),
    "students/batches/<int:pk>/assign/": Route("/students/batches/{batch}/assign/", READ, "batch"),
    "students/batches/<int:pk>/assign-ready/": Route("/students/batches/{batch}/assign-ready/", READ + SEND, "batch"),
    "students/batches/<int:pk>/online-payment/": Route(
        "/students/batches/{batch}/online-payment/", READ + SEND, "batch"
    ),
    "students/batches/<int:pk>/assigned/": Route("/students/batches/{batch}/assigned/", READ, "batch"),
    "students/cas/": Route("/students/cas/", READ),
    "students/cas/lists/<slug:name>/": Route("/students/cas/lists/visa-brake/", READ, is_for_level_1=True),
    "students/allocations-about-to-expire/": Route("/students/allocations-about-to-expire/", READ, is_for_level_1=True),
    "students/cas/<int:pk>/": Route("/students/cas/{cas}/", READ, "CAS"),
    "students/cas/<int:pk>/saved/": Route("/students/cas/{cas}/saved/", READ, "CAS"),
    "students/cas/<int:pk>/spelling/": Route("/students/cas/{cas}/spelling/", SEND, "CAS"),
    "students/cas/<int:pk>/edit/": Route("/students/cas/{cas}/edit/", READ + SEND, "CAS"),
    "students/cas/<int:pk>/delete/": Route("/students/cas/{cas}/delete/", READ + SEND, "CAS"),
    "students/cas/<int:pk>/assign/": Route("/students/cas/{cas}/assign/", READ, "CAS"),
    "students/cas/<int:pk>/online-payment/": Route("/students/cas/{cas}/online-payment/", READ + SEND, "CAS"),
    "students/cas/<int:pk>/assigned/": Route("/students/cas/{cas}/assigned/", READ, "CAS"),
    "students/cas/<int:pk>/print/": Route("/students/cas/{cas}/print/", SEND, "CAS"),
    "students/cas/<int:pk>/put-into-batch/": Route("/students/cas/{cas}/put-into-batch/", READ + SEND, "CAS"),
    "students/selected/": Route("/students/selected/", SEND),
    "students/selected/put-into-batch/": Route("/students/selected/put-into-batch/", SEND),
    "students/selected/assign/": Route("/students/selected/assign/", SEND),
    "students/selected/delete/": Route("/students/selected/delete/", SEND),
    "students/print/": Route("/students/print/", SEND),
    "students/batches/<int:pk>/print/": Route("/students/batches/{batch}/print/", SEND, "batch"),
    "students/transfer/": Route("/students/transfer/", READ + SEND, is_for_level_1=True),
    "students/transfer/selected/": Route("/students/transfer/selected/", SEND, is_for_level_1=True),
    "students/cas/<int:pk>/transfer/": Route("/students/cas/{cas}/transfer/", READ + SEND, "CAS", is_for_level_1=True),
    "students/batches/<int:pk>/transfer/": Route(
        "/students/batches/{batch}/transfer/", READ + SEND, "batch", is_for_level_1=True
    ),
    "students/study-addresses/": Route("/students/study-addresses/", READ, is_for_level_1=True),
    "students/study-addresses/new/": Route("/students/study-addresses/new/", READ + SEND, is_for_level_1=True),
    "students/study-addresses/<int:pk>/": Route(
        "/students/study-addresses/{address}/", READ + SEND, "address", is_for_level_1=True
    ),
    "students/study-addresses/<int:pk>/delete/": Route(
        "/students/study-addresses/{address}/delete/", READ + SEND, "address", is_for_level_1=True
    ),
    "students/agents/": Route("/students/agents/", READ),
    "students/agents/new/": Route("/students/agents/new/", READ + SEND, is_for_level_1=True),
    "students/agents/<int:pk>/": Route("/students/agents/{agent}/", READ, "agent", is_for_colleagues=True),
    "students/agents/<int:pk>/edit/": Route(
        "/students/agents/{agent}/edit/", READ + SEND, "agent", is_for_level_1=True
    ),
    "students/agents/<int:pk>/retire/": Route(
        "/students/agents/{agent}/retire/", READ + SEND, "agent", is_for_level_1=True
    ),
    "students/agents/<int:pk>/reinstate/": Route(
        "/students/agents/{agent}/reinstate/", READ + SEND, "agent", is_for_level_1=True
    ),
    "students/course-templates/": Route("/students/course-templates/", READ),
    "students/course-templates/new/<str:route>/": Route("/students/course-templates/new/STUDENT/", READ + SEND),
    "students/course-templates/<int:pk>/": Route(
        "/students/course-templates/{template}/", READ + SEND, "template", is_for_colleagues=True
    ),
    "students/course-templates/<int:pk>/retire/": Route(
        "/students/course-templates/{template}/retire/", SEND, "template", is_for_colleagues=True
    ),
    "students/course-templates/<int:pk>/reinstate/": Route(
        "/students/course-templates/{template}/reinstate/", SEND, "template", is_for_colleagues=True
    ),
    "students/course-templates/<int:pk>/texts/": Route(
        "/students/course-templates/{template}/texts/", READ, "template", is_for_colleagues=True
    ),
    "students/printouts/": Route("/students/printouts/", READ),
    "students/printouts/<slug:key>/": Route("/students/printouts/{printout}/", READ, "printout"),
    "students/printouts/<slug:key>/state/": Route("/students/printouts/{printout}/state/", READ, "printout"),
    "students/printouts/<slug:key>/cancel/": Route("/students/printouts/{printout}/cancel/", SEND, "printout"),
    "students/printouts/<slug:key>/file/": Route("/students/printouts/{printout}/file/", READ, "printout"),
    "students/sponsorship-duties/": Route("/students/sponsorship-duties/", READ),
    "students/sponsorship-duties/check/<slug:name>/": Route("/students/sponsorship-duties/check/not-started/", READ),
    "students/sponsorship-duties/check/<slug:name>/nothing/": Route(
        "/students/sponsorship-duties/check/not-started/nothing/", SEND
    ),
    "students/sponsorship-duties/check/<slug:name>/report/<int:type_pk>/": Route(
        "/students/sponsorship-duties/check/not-started/report/{type}/", SEND
    ),
    "students/sponsorship-duties/check/<slug:name>/taken-off/": Route(
        "/students/sponsorship-duties/check/not-started/taken-off/", READ + SEND
    ),
    "students/sponsorship-duties/check/<slug:name>/taken-off/<slug:key>/": Route(
        "/students/sponsorship-duties/check/not-started/taken-off/{taken_off}/", READ + SEND, "search"
    ),
    "students/sponsorship-duties/selected/report/": Route("/students/sponsorship-duties/selected/report/", SEND),
    "students/sponsorship-duties/selected/withdraw/": Route(
        "/students/sponsorship-duties/selected/withdraw/", SEND, is_for_level_1=True
    ),
    "students/sponsorship-duties/withdraw/<slug:key>/": Route(
        "/students/sponsorship-duties/withdraw/{to_withdraw}/", READ + SEND, "search", is_for_level_1=True
    ),
    "students/sponsorship-duties/paste/": Route("/students/sponsorship-duties/paste/", READ + SEND),
    "students/sponsorship-duties/paste/<slug:key>/": Route(
        "/students/sponsorship-duties/paste/{chosen}/", READ + SEND, "search"
    ),
    "students/sponsorship-duties/chosen/<slug:key>/": Route(
        "/students/sponsorship-duties/chosen/{chosen}/", READ + SEND, "search"
    ),
    "students/sponsorship-duties/reported/<slug:key>/": Route(
        "/students/sponsorship-duties/reported/{reported}/", READ, "search"
    ),
    "students/sponsorship-duties/report/<int:pk>/recorded/<int:activity_pk>/withdraw/": Route(
        "/students/sponsorship-duties/report/{live}/recorded/{activity}/withdraw/", READ + SEND, "CAS"
    ),
    "students/sponsorship-duties/several/<slug:key>/": Route(
        "/students/sponsorship-duties/several/{several}/", READ + SEND, "search"
    ),
    "students/sponsorship-duties/compliance/": Route(
        "/students/sponsorship-duties/compliance/", READ, is_for_level_1=True
    ),
    "students/sponsorship-duties/compliance/<slug:name>/": Route(
        "/students/sponsorship-duties/compliance/refusal/", READ, is_for_level_1=True
    ),
    "students/sponsorship-duties/compliance/<slug:name>/<slug:part>/": Route(
        "/students/sponsorship-duties/compliance/refusal/failed/", READ, is_for_level_1=True
    ),
    "students/exports/compliance/<slug:name>/<slug:part>/": Route(
        "/students/exports/compliance/refusal/failed/", SEND, is_for_level_1=True
    ),
    "students/sponsorship-duties/graduates/": Route("/students/sponsorship-duties/graduates/", READ + SEND),
    "students/sponsorship-duties/graduates/paste/": Route("/students/sponsorship-duties/graduates/paste/", READ + SEND),
    "students/sponsorship-duties/graduates/paste/<slug:key>/": Route(
        "/students/sponsorship-duties/graduates/paste/{graduates}/", READ + SEND, "search"
    ),
    "students/sponsorship-duties/graduates/check/<slug:key>/": Route(
        "/students/sponsorship-duties/graduates/check/{graduates}/", READ + SEND, "search"
    ),
    "students/sponsorship-duties/report/by-number/": Route(
        "/students/sponsorship-duties/report/by-number/", READ + SEND
    ),
    "students/sponsorship-duties/report/search/": Route("/students/sponsorship-duties/report/search/", READ + SEND),
    "students/sponsorship-duties/report/<int:pk>/": Route("/students/sponsorship-duties/report/{live}/", READ, "CAS"),
    "students/sponsorship-duties/report/<int:pk>/activities/": Route(
        "/students/sponsorship-duties/report/{live}/activities/", READ + SEND, "CAS"
    ),
    "students/sponsorship-duties/report/<int:pk>/activities/<int:type_pk>/": Route(
        "/students/sponsorship-duties/report/{live}/activities/{type}/", READ + SEND, "CAS"
    ),
    "students/sponsorship-duties/report/<int:pk>/recorded/<int:activity_pk>/": Route(
        "/students/sponsorship-duties/report/{live}/recorded/{activity}/", READ, "CAS"
    ),
    "students/sponsorship-duties/manage/by-number/": Route(
        "/students/sponsorship-duties/manage/by-number/", READ + SEND
    ),
    "students/sponsorship-duties/manage/search/": Route("/students/sponsorship-duties/manage/search/", READ + SEND),
    "students/sponsorship-duties/manage/<int:pk>/": Route("/students/sponsorship-duties/manage/{live}/", READ, "CAS"),
    "students/sponsorship-duties/manage/<int:pk>/note/": Route(
        "/students/sponsorship-duties/manage/{live}/note/", READ + SEND, "CAS"
    ),
    "students/sponsorship-duties/manage/<int:pk>/fees/": Route(
        "/students/sponsorship-duties/manage/{live}/fees/", READ + SEND, "CAS"
    ),
    "students/sponsorship-duties/manage/<int:pk>/withdraw/": Route(
        "/students/sponsorship-duties/manage/{live}/withdraw/", READ + SEND, "CAS", is_for_level_1=True
    ),
    "students/sponsorship-duties/manage/<int:pk>/saved/<slug:what>/": Route(
        "/students/sponsorship-duties/manage/{live}/saved/note/", READ, "CAS"
    ),
    "students/sponsorship-duties/found/<slug:key>/": Route(
        "/students/sponsorship-duties/found/{duty_search}/", READ, "search"
    ),
    "students/sponsorship-duties/found/<slug:key>/change/": Route(
        "/students/sponsorship-duties/found/{duty_search}/change/", READ, "search"
    ),
    "students/bulk-data-transfer/": Route("/students/bulk-data-transfer/", READ + SEND),
    "students/bulk-data-transfer/paste/": Route("/students/bulk-data-transfer/paste/", READ + SEND),
    "students/bulk-data-transfer/<slug:key>/operation/": Route(
        "/students/bulk-data-transfer/{upload}/operation/", SEND, "upload"
    ),
    "students/bulk-data-transfer/formats/": Route("/students/bulk-data-transfer/formats/", READ),
    "students/bulk-data-transfer/formats/codes/": Route("/students/bulk-data-transfer/formats/codes/", READ),
    "students/bulk-data-transfer/formats/schema/": Route("/students/bulk-data-transfer/formats/schema/", READ),
    "students/bulk-data-transfer/formats/template/<str:route>/": Route(
        "/students/bulk-data-transfer/formats/template/STUDENT/", READ
    ),
    "students/bulk-data-transfer/formats/example/<str:route>/": Route(
        "/students/bulk-data-transfer/formats/example/STUDENT/", READ
    ),
    "students/bulk-data-transfer/<slug:key>/results/<slug:file_format>/": Route(
        "/students/bulk-data-transfer/{upload}/results/csv/", SEND, "upload"
    ),
    "students/bulk-data-transfer/<slug:key>/": Route("/students/bulk-data-transfer/{upload}/", READ, "upload"),
    "students/bulk-data-transfer/<slug:key>/state/": Route(
        "/students/bulk-data-transfer/{upload}/state/", READ, "upload"
    ),
    "students/bulk-data-transfer/<slug:key>/check/": Route(
        "/students/bulk-data-transfer/{upload}/check/", SEND, "upload"
    ),
    "students/bulk-data-transfer/<slug:key>/import/": Route(
        "/students/bulk-data-transfer/{upload}/import/", SEND, "upload"
    ),
    "students/bulk-data-transfer/<slug:key>/cancel/": Route(
        "/students/bulk-data-transfer/{upload}/cancel/", SEND, "upload"
    ),
    "students/bulk-data-transfer/<slug:key>/records/<slug:group>/": Route(
        "/students/bulk-data-transfer/{upload}/records/all/", READ + SEND, "upload"
    ),
    "students/exports/": Route("/students/exports/", READ + SEND),
    "students/exports/selected/": Route("/students/exports/selected/", SEND),
    "students/exports/batch/<int:pk>/": Route("/students/exports/batch/{batch}/", SEND, "batch"),
    "students/exports/columns/<int:pk>/delete/": Route(
        "/students/exports/columns/{column_choice}/delete/", READ + SEND, "column_choice", is_for_colleagues=True
    ),
    "students/exports/<slug:key>/": Route("/students/exports/{export}/", READ + SEND, "export"),
    "students/exports/<slug:key>/state/": Route("/students/exports/{export}/state/", READ, "export"),
    "students/exports/<slug:key>/cancel/": Route("/students/exports/{export}/cancel/", SEND, "export"),
    "students/exports/<slug:key>/left-out/": Route("/students/exports/{export}/left-out/", READ, "export"),
    "students/exports/<slug:key>/file/": Route("/students/exports/{export}/file/", READ, "export"),
    "payments/callback/<str:provider>/": Route(
        "/payments/callback/sandbox/", SEND, public="providers have no user ID; their messages are signed"
    ),
    "payments/": Route("/payments/", READ),
    "payments/<slug:reference>/": Route("/payments/{order}/", READ, "order"),
    "payments/<slug:reference>/details/": Route("/payments/{order}/details/", READ, "order"),
    "payments/<slug:reference>/receipt/": Route("/payments/{order}/receipt/", SEND, "order"),
    "payments/<slug:reference>/status/": Route("/payments/{order}/status/", READ, "order"),
    "payments/<slug:reference>/check/": Route("/payments/{order}/check/", SEND, "order"),
    "payments/<slug:reference>/continue/": Route("/payments/{order}/continue/", SEND, "order"),
    "payments/<slug:reference>/cancel/": Route("/payments/{order}/cancel/", SEND, "order"),
    "payments/<slug:reference>/return/": Route(
        "/payments/{order}/return/", READ + SEND, public="a return by POST comes without the session, and shows nothing"
    ),
    "sandbox/<slug:key>/": Route("/sandbox/{key}/", READ + SEND, public="it imitates a provider's own page"),
}

CLOSED = {pattern: route for pattern, route in ROUTES.items() if not route.public}


def portal():
    """Return the view of every URL pattern, except the admin's."""
    return {whole: view for whole, view in _views(get_resolver()) if not whole.startswith("admin/")}


def _views(resolver, above=""):
    for entry in resolver.url_patterns:
        whole = above + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield whole, entry.callback
        else:
            yield from _views(entry, whole)


@pytest.fixture
def records(level1, level2, allocation, caseworker):
    """Make a CAS of a Level 2 user with an open payment, and the other records. Return their keys for addresses."""
    cas = a_cas(level2)
    order = an_order(cas, by=level2)
    checkout.start(order, f"http://testserver/payments/{order.reference}/return/")
    live = assigned(a_cas(level2, passport_number="Another"))
    activity = a_report(live, by=level2)
    kept = StoredSearch.objects.all()
    chosen = {"cas": [str(live.pk)], "back": ["/students/cas/"]}
    several = {**chosen, "type": [str(activity.type_id)], "done": ["/students/cas/"]}
    reported = {"activities": [str(activity.pk)], "done": ["/students/cas/"]}
    return {
        "live": live.pk,
        "activity": activity.pk,
        "type": activity.type_id,
        "several": kept.keep("report-several", several, by=level2).key,
        "chosen": kept.keep("chosen", chosen, by=level2).key,
        "to_withdraw": kept.keep("to-withdraw", chosen, by=level1).key,
        "taken_off": kept.keep("taken-off", {"cas": [str(live.pk)]}, by=level2).key,
        "graduates": kept.keep("graduates", {"cas": [str(live.pk)]}, by=level2).key,
        "reported": kept.keep("reported", reported, by=level2).key,
        "duty_search": kept.keep("report-search", {"family_name": ["Nguyễn"]}, by=level2).key,
        "cas": cas.pk,
        "batch": a_batch(level2).pk,
        "address": StudyAddress.objects.all()
        .add({"name": "Main", "study_address_line_1": "1 Learning Lane"}, by=level1)
        .pk,
        "agent": an_agent(level1).pk,
        "request": an_increase(level1).pk,
        "action_plan": ActionPlan.objects.issue(level1.licence, details="Report sooner", fee_pence=0, by=caseworker).pk,
        "template": CourseTemplate.objects.add({"name": "MA History"}, route="STUDENT", by=level2).pk,
        "column_choice": ColumnChoice.objects.add("Names", dataset="cas", columns=["name"], by=level2).pk,
        "upload": an_upload(level2, a_record()).key,
        "export": an_export([cas], level2).key,
        "printout": Printout.objects.ask([cas.pk], name="One", by=level2).key,
        "search": kept.keep("any", {"family_name": ["Nguyễn"]}, by=level2).key,
        "batch_search": kept.keep("find_batch", {"name": ""}, by=level2).key,
        "order": order.reference,
        "key": order.provider_reference,
    }


def ask(client, route, method, records):
    return client.generic(method, route.address.format_map(records))


def test_every_route_is_in_the_table():
    assert set(portal()) == set(ROUTES)


def test_without_signing_in_every_method_leads_to_the_sign_in_page_and_back(records, case):
    for pattern, route in CLOSED.items():
        for method in route.methods:
            with case(route=pattern, method=method):
                answer = ask(Client(), route, method, records)
                assert answer.status_code == 302
                assert answer["Location"] == f"/sign-in/?next={route.address.format(**records)}"


def test_a_public_page_never_leads_to_the_sign_in_page(records, case):
    for pattern, route in ROUTES.items():
        for method in route.methods if route.public else ():
            with case(route=pattern, method=method):
                answer = ask(Client(), route, method, records)
                assert "next=" not in answer.headers.get("Location", "")
                assert answer.status_code < 500


def test_no_page_is_public_by_accident():
    public = {pattern for pattern, view in portal().items() if not getattr(view, "login_required", True)}
    assert public == {pattern for pattern, route in ROUTES.items() if route.public}


@pytest.mark.parametrize("stranger", ["outsider", "colleague"])
def test_records_of_another_sponsor_or_another_level_2_user_are_not_found(stranger, records, as_user, case, request):
    """Two kinds of page are exceptions: one for Level 1 users refuses a Level 2 user, and one is for colleagues."""
    client = as_user(request.getfixturevalue(stranger))
    events = Event.objects.count()
    for pattern, route in ROUTES.items():
        is_open = route.is_for_colleagues and stranger == "colleague"
        for method in route.methods if route.record and not is_open else ():
            with case(route=pattern, method=method):
                answer = ask(client, route, method, records)
                assert answer.status_code == _status(route, stranger)
                assert "Nguyễn" not in answer.content.decode()
                assert Event.objects.count() == events
                assert CAS.objects.filter(pk=records["cas"]).exists()


def _status(route, stranger):
    return 403 if stranger == "colleague" and route.is_for_level_1 else 404


def test_a_caseworker_sees_that_the_portal_is_for_users_of_a_sponsor(records, as_user, case, caseworker):
    client = as_user(caseworker)
    for pattern, route in CLOSED.items():
        for method in () if route.is_everybodys or pattern.startswith(FILES) else route.methods:
            with case(route=pattern, method=method):
                answer = ask(client, route, method, records)
                assert answer.status_code == 403
                if method != "HEAD":
                    assert any(str(action.refusal) in Page(answer).main.text for action in Action)


def test_a_caseworker_sends_files_but_finds_none_of_a_sponsor(records, as_user, case, caseworker):
    client = as_user(caseworker)
    for pattern, route in ROUTES.items():
        for method in route.methods if pattern.startswith(FILES) else ():
            with case(route=pattern, method=method):
                answer = ask(client, route, method, records)
                assert answer.status_code == (404 if route.record else 422 if method == "POST" else 200)


def test_a_method_that_the_page_does_not_name_is_not_allowed(records, as_user, case, level1):
    client = as_user(level1)
    for pattern, route in ROUTES.items():
        for method in set(EVERY_METHOD) - set(route.methods):
            with case(route=pattern, method=method):
                answer = ask(client, route, method, records)
                assert answer.status_code == 405
                assert set(answer["Allow"].split(", ")) == set(route.methods)


def test_head_has_the_same_answer_as_get_without_the_page(records, as_user, case, level1, level2):
    clients = {user: as_user(user) for user in (level1, level2)}
    for pattern, route in ROUTES.items():
        if "GET" not in route.methods:
            continue
        with case(route=pattern):
            client = clients[level1 if route.is_for_level_1 else level2]
            read, head = (ask(client, route, method, records) for method in ("GET", "HEAD"))
            assert read.status_code in {200, 302, 303}
            assert not head.content
            for header in ("Content-Type", "Location"):
                assert head.headers.get(header) == read.headers.get(header)
            assert head.status_code == read.status_code


def test_a_record_that_does_not_exist_is_not_found(as_user, case, level1):
    client = as_user(level1)
    for pattern, route in ROUTES.items():
        for method in route.methods if "{" in route.address else ():
            for unknown in NUMBERS if "<int:" in pattern else KEYS:
                with case(route=pattern, method=method, unknown=unknown):
                    answer = ask(client, route, method, defaultdict(lambda unknown=unknown: unknown))
                    assert answer.status_code == 404


def test_an_address_that_does_not_exist_is_not_found_for_any_visitor(as_user, level1):
    for client in (Client(), as_user(level1)):
        answer = client.get("/students/nothing/")
        assert answer.status_code == 404
        assert Page(answer).h1 == "Page not found"
