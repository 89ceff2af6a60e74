"""Every field of each route can be typed, is shown and printed, and is in the history (specification, section 8)."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from cas.details import fields
from cas.models import CAS
from licences.models import Event
from licences.routes import Route
from sms.core.partial_dates import PartialDate
from tests.pages import Page, typed_in

pytestmark = pytest.mark.django_db

# Where the text of a kind would not be valid, or would be cleared.
SPECIAL = {
    "ucas_id": "1ABCDEFGH9",
    "partner_licence_number": "4NUV7KB5X",
    "study_postcode": "LS2 9JT",
    "latest_acceptance_date": date(2099, 9, 20),
    "course_end_date": date(2100, 9, 10),
    "hours_per_week": Decimal("17.5"),
    "is_remote_delivery": True,
    "academic_level": "RQF7_RE",
    "nationality": "XXK",
    "living_arrangements": "BOARDING",
}


def a_value(field, number):
    """Return a value for this field that no other field of the same kind has, as far as its list is long enough."""
    if field.name in SPECIAL:
        return SPECIAL[field.name]
    codes = [code for code in getattr(field, "labels", ()) if not code.startswith("QCF")]
    return {
        "text": f"Text {number} of a field",
        "long text": f"First line {number}\nSecond line {number}",
        "choice": codes[number % len(codes)] if codes else "",
        "country": codes[number * 2 % len(codes)] if codes else "",
        "date": date(2099, 9, 14),
        "partial date": PartialDate("2002-05"),
        "money": Decimal(f"1234.{number:02}"),
        "number": number,
        "yes/no": number % 2 == 0,
    }[field.kind]


def whole(route):
    """Return a value for every field of this route."""
    return {field.name: a_value(field, number) for number, field in enumerate(fields.fields_for(route), start=1)} | {
        "route": str(route)
    }


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("route", list(Route))
def test_every_field_can_be_typed_and_is_shown_printed_and_in_the_history(route, as_user, level1):
    values, client = whole(route), as_user(level1)
    typed = typed_in({name: value for name, value in values.items() if name != "route"})
    saved = Page(client.post(f"/students/create-cas/{route}/new/", typed, follow=True))
    assert saved.h1 == "Confirmation of saved CAS", saved.summary
    cas = CAS.objects.get()
    assert fields.values_of(cas) == {**{field.name: field.empty for field in fields.FIELDS}, **values}
    lines = [(field.label, words(field.display(values[field.name]))) for field in fields.fields_for(route)]
    assert [line for line in lines if line not in saved.main.lines()] == []
    document = client.post(f"/students/cas/{cas.pk}/print/")
    printed = words(" ".join(page.extract_text() for page in PdfReader(BytesIO(document.content)).pages))
    squeezed = printed.replace(" ", "")
    assert [text for _, text in lines if text.replace(" ", "") not in squeezed] == []
    (created,) = Event.objects.about("cas", cas.pk).filter(verb="create")
    assert set(values) <= set(created.data)


@pytest.mark.parametrize("route", list(Route))
def test_the_form_shows_every_field_again_as_typed(route, as_user, level1):
    values = whole(route)
    cas = CAS.objects.add(values, route=route, by=level1)
    shown = Page(as_user(level1).get(f"/students/cas/{cas.pk}/edit/")).typed()
    typed = typed_in({name: value for name, value in values.items() if name != "route"})
    assert {name: shown[name] for name in typed} == typed
