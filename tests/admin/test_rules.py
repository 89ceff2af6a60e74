"""The rules that change by date, at the caseworker's desk (specification, section 8)."""

from datetime import date, timedelta

import pytest

from cas.declared_rules import RULES
from cas.models import Rule
from sms.core import clock
from sms.core.govuk import formats

pytestmark = pytest.mark.django_db

LIST = "/admin/cas/rule/"


@pytest.fixture
def tomorrow():
    return clock.today() + timedelta(days=1)


def page_of(name, ending=""):
    return f"{LIST}{Rule.objects.in_force(name).pk}/{ending}"


def rows(element):
    return [[cell.text for cell in row.all("th", "td")] for row in element.all("tr")[1:]]


def test_the_list_shows_what_each_rule_is_was_and_will_be(desk, caseworker, tomorrow):
    Rule.objects.add("fee_pence", from_on=tomorrow, value="61.50", by=caseworker)
    page = desk.read(LIST)
    shown, today = rows(page.main), formats.day(clock.today())
    assert page.h1 == "Rules"
    assert {row[0] for row in shown} == {rule.label for rule in RULES}
    assert [row[1:] for row in shown if row[0] == "Fee for each CAS"] == [
        ["£61.50", formats.day(tomorrow), "–", "Not started"],
        ["£55.00", "9 April 2025", today, "In force"],
    ]
    assert [row[1:] for row in shown if row[0].startswith("Visa brake")] == [
        ["Afghanistan, Cameroon, Myanmar, Sudan", "26 March 2026", "–", "In force"],
        ["None", "9 April 2025", "25 March 2026", "Ended"],
    ]
    assert [row[1] for row in shown if row[0] == "Remote delivery limit"] == ["20%"]


def test_the_page_of_a_rule_shows_all_its_values_and_its_history(desk, caseworker, tomorrow):
    for value, from_on in (("61", tomorrow), ("62", date(2099, 1, 1))):
        Rule.objects.add("fee_pence", from_on=from_on, value=value, by=caseworker)
    Rule.objects.get(from_on=date(2099, 1, 1)).remove(by=caseworker)
    Rule.objects.add("remote_most", from_on=tomorrow, value="45", by=caseworker)
    page = desk.read(page_of("fee_pence"))
    assert page.h1 == "Fee for each CAS"
    assert ("Value", "£55.00") in page.lines()
    assert [row[0] for row in rows(page.main)] == ["£61.00", "£55.00"]
    assert [entry.one("b").text for entry in page.all("li", of="sms-timeline__entry")] == [
        "Value removed before it started",
        "New value set",
        "New value set",
    ]


def test_a_caseworker_sets_a_fee_from_a_day(desk, happened, tomorrow):
    form = desk.read(page_of("fee_pence", "set/"))
    assert "Today: £55.00, since 9 April 2025." in form.main.text
    after = desk.send(page_of("fee_pence", "set/"), value="61.50", from_on=tomorrow)
    assert (after.h1, after.banners) == ("Fee for each CAS", ["New value set"])
    assert {("Value", "£61.50"), ("From", formats.day(tomorrow)), ("State", "Not started")} <= set(after.lines())
    assert (Rule.objects.on().fee_pence, Rule.objects.on(tomorrow).fee_pence) == (5500, 6150)
    assert happened() == [("rule", "add", "caseworker")]


def test_a_caseworker_adds_a_nationality_to_those_of_today(desk, tomorrow):
    address = page_of("visa_brake", "set/")
    held = desk.read(address).typed()["value"]
    assert held == "AFG, CMR, MMR, SDN"
    desk.send(address, value=f"{held}, Haiti", from_on=tomorrow)
    assert Rule.objects.on(tomorrow).visa_brake == {"AFG", "CMR", "MMR", "SDN", "HTI"}
    desk.send(page_of("visa_brake", "set/"), value="", from_on=date(2099, 1, 1))
    assert Rule.objects.on(date(2099, 1, 1)).visa_brake == frozenset()


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("fee_pence", "", "Enter the new value"),
        ("fee_pence", "0", "Fee for each CAS must be more than £0"),
        ("remote_most", "many", "Remote delivery limit with permission must be a whole number from 1 to 100"),
        (
            "visa_brake",
            "Atlantis",
            "Visa brake nationalities: “Atlantis” is not a nationality or its code",
        ),
    ],
)
def test_a_wrong_value_is_kept_and_explained_beside_its_field(name, typed, sentence, desk, happened, tomorrow):
    after = desk.send(page_of(name, "set/"), value=typed, from_on=tomorrow)
    assert after.error_of("value") == sentence
    assert after.typed()["value"] == typed
    assert happened() == []


def test_a_wrong_first_day_is_explained_beside_its_field(desk, happened, tomorrow):
    address = page_of("fee_pence", "set/")
    assert desk.send(address, value="60").error_of("from_on") == "Enter the first day of the new value"
    past = desk.send(address, value="60", from_on=clock.today() - timedelta(days=1))
    assert past.error_of("from_on") == "From must be today or later"
    desk.send(address, value="60", from_on=tomorrow)
    twice = desk.send(address, value="70", from_on=tomorrow)
    assert twice.error_of("from_on") == (
        f"This rule already has a value from {formats.day(tomorrow)}: £60.00. Choose another day"
    )
    assert happened() == [("rule", "add", "caseworker")]


def test_a_value_that_has_not_started_is_removed(desk, caseworker, happened, tomorrow):
    coming = Rule.objects.add("fee_pence", from_on=tomorrow, value="61", by=caseworker)
    address = f"{LIST}{coming.pk}/remove/"
    assert f"£61.00 will not start on {formats.day(tomorrow)}." in desk.read(address).main.text
    after = desk.send(address)
    assert (after.banners, ("Value", "£55.00") in after.lines()) == (["Value removed"], True)
    assert Rule.objects.on(tomorrow).fee_pence == 5500
    assert happened() == [("rule", "add", "caseworker"), ("rule", "remove", "caseworker")]


def test_a_value_that_has_started_has_no_button_to_remove_it(desk, happened):
    assert desk.read(page_of("fee_pence")).buttons("Remove this value") == []
    desk.client.post(page_of("fee_pence", "remove/"), {"seen": ""})
    assert Rule.objects.on().fee_pence == 5500
    assert happened() == []


def test_a_sponsors_user_finds_no_such_pages(level1, outsider, as_user):
    for user in (level1, outsider):
        client = as_user(user)
        for address in (LIST, page_of("fee_pence"), page_of("fee_pence", "set/")):
            assert client.get(address).status_code == 404
        sent = {"value": "1", "from_on_day": "1", "from_on_month": "1", "from_on_year": "2099", "seen": ""}
        assert client.post(page_of("fee_pence", "set/"), sent).status_code == 404
    assert Rule.objects.on(date(2099, 1, 1)).fee_pence == 5500
