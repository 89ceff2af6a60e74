"""Every address of the portal refuses every user who may not use it. A route that is not in the table fails a test.

The admin's addresses have their own tests.
"""

from collections import defaultdict

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
from tests.licences.factories import a_message, an_increase
from tests.pages import Page
from tests.routes import FILES, ROUTES
from tests.sponsorship_duties.factories import a_report

NUMBERS, KEYS = ("0", "9" * 30, "x"), ("0", "SMS-0123", "a" * 500, "%00", "%ED%A0%80")  # of no record
EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

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
        "user": level2.pk,
        "message": a_message(level1.licence, by=caseworker).pk,
        "message_search": kept.keep("messages", {"words": ["fee"]}, by=level1).key,
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
