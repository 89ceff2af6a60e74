"""An example file of our own format for each route, with an answer for every field that the route has."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from bulk_data_transfer.xml import writing
from cas.details.choices import Attendance, LivingArrangements
from cas.details.field import CASField
from cas.details.fields import FIELDS, fields_for
from cas.details.types import CASChoice, CASCountry, CASHours, CASMoney, CASNumber, CASYesNo
from licences.routes import Route

_ANSWERS: dict[str, Any] = {
    "applicant_id": "S-000123",
    "application_id": "S-000123-1",
    "ucas_id": "1234567890",
    "family_name": "Specimen",
    "given_names": "Zoë Alice",
    "other_names": "Maria",
    "date_of_birth": "2009-03-27",
    "nationality": "BRA",
    "country_of_birth": "BRA",
    "place_of_birth": "Recife",
    "passport_number": "AB1234567",
    "partner_licence_number": "ABCD12349",
    "course_title": "Example course",
    "course_id": "EX-101",
    "academic_level": "RQF7",
    "secondary_academic_level": "RQF6",
    "attendance": Attendance.PART_TIME.value,
    "course_start_date": date(2027, 9, 20),
    "latest_acceptance_date": date(2027, 10, 4),
    "course_end_date": date(2028, 9, 15),
    "level_comparison": "SAME",
    "reason_selt_not_required": "",
    "living_arrangements": LivingArrangements.BOARDING.value,
}
_BY_ENDING = {
    "line_1": "1 Example Street",
    "line_2": "Example House",
    "line_3": "Floor 2",
    "city": "Leeds",
    "county": "West Yorkshire",
    "postcode": "LS2 9JT",
}


def example(route: Route) -> str:
    """Return an example file, to be published together with the schema."""
    names = [field.name for field in FIELDS]
    asked = set(fields_for(route))
    values = [_answer(field, route) if field in asked else field.empty for field in FIELDS]
    text = writing.opening(route=route) + writing.writer(names)(values) + writing.closing()
    tree = etree.fromstring(text.encode())
    etree.indent(tree)
    return f"{writing.DECLARATION.format(encoding='UTF-8')}{etree.tostring(tree, encoding='unicode')}\n"


def _answer(field: CASField, route: Route) -> Any:
    if field.name == "route":
        return route.value
    if field.name in _ANSWERS:
        return _ANSWERS[field.name]
    if ending := next((ending for ending in _BY_ENDING if field.name.endswith(ending)), ""):
        return _BY_ENDING[ending]
    if isinstance(field, CASYesNo):
        return True
    if isinstance(field, CASMoney):
        return Decimal("1200.00")
    if isinstance(field, CASHours):
        return Decimal("17.5")
    if isinstance(field, CASNumber):
        return 20
    if isinstance(field, CASCountry):
        return "GBR"
    if isinstance(field, CASChoice):
        return next(iter(field.labels))
    return f"Example: {field.label.lower()}"[: field.size].strip()
