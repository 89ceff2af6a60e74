"""The CAS form shows fields when they are needed (specification, section 8)."""

import pytest
from playwright.sync_api import expect

from cas.details import fields
from cas.forms.cas import input_id, own_fields
from cas.models import Rule
from licences.routes import Route
from tests.factories import CHILD, COMPLETE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

VISIBLE = "ids => ids.filter(id => document.getElementById(id).checkVisibility())"

ANSWERS = [
    ("academic_level", "RQF7"),
    ("is_dean_certificate_required", False),
    ("attendance", "PART_TIME"),
    ("attendance", "FULL_TIME"),
    ("academic_level", "RQF3"),
    ("hours_per_week", "0.0"),
    ("hours_per_week", "17.5"),
    ("academic_level", "B2"),
    ("is_remote_delivery", True),
    ("remote_delivery_percent", 20),
    ("is_remote_delivery", False),
    ("partner_city", "Leeds"),
    ("overseas_country", "VNM"),
    ("has_work_placement", True),
    ("placement_percent", 33),
    ("placement_percent", 34),
    ("placement_postcode", "LS2 9JT"),
    ("has_work_placement", False),
    ("has_previous_uk_study", True),
    ("level_comparison", "HIGHER"),
    ("level_comparison", "SAME"),
    ("is_selt_required", True),
    ("selt_provider", "TCLUK"),
    ("is_selt_required", False),
    ("reason_selt_not_required", "HEI"),
    ("is_agent_used", True),
    ("agent_city", "Hà Nội"),
]
"""The answers, in order. Every conditional field appears, and some disappear again."""


@pytest.mark.parametrize(
    ("route", "answers"),
    [
        pytest.param(Route.STUDENT, ANSWERS, id="Student"),
        pytest.param(
            Route.CHILD_STUDENT,
            [
                ("academic_level", "BELOW_RQF3"),
                ("living_arrangements", "BOARDING"),
                ("boarding_fees", "9000"),
                ("living_arrangements", "PARENT"),
                ("has_work_placement", True),
            ],
            id="Child Student",
        ),
    ],
)
def test_with_javascript_the_form_shows_and_counts_fields_by_the_rules(visit, level1, route, answers):
    visitor = visit(level1)
    visitor.goes_to(f"/students/create-cas/{route}/new/")
    visitor.unfolds()
    limits = Rule.objects.limits_for(level1.licence)
    values = {"route": str(route)}
    agrees_with_the_rules(visitor, values, limits)
    for name, value in answers:
        visitor.fills_in({name: value})
        values[name] = fields.BY_NAME[name].checked(value)
        agrees_with_the_rules(visitor, values, limits)


def agrees_with_the_rules(visitor, values, limits):
    """Check that the form shows the fields that are asked or filled, and counts those that are needed and empty.

    A field that is cleared where it is not asked is not shown there, even if it is filled.
    """
    own = own_fields(values["route"])
    ids = {input_id(values["route"], field.name): field.name for field in own}
    shown = {ids[found] for found in visitor.page.evaluate(VISIBLE, list(ids))}
    given = fields.with_limits(values, limits)
    assert shown == {
        field.name for field in own if field.asked.holds(given) or (field.name in values and not field.is_cleared)
    }
    left = fields.missing(values, limits)
    counters = visitor.page.get_by_role("navigation", name="Sections of the CAS").get_by_role("listitem")
    lines = []
    for section, its_fields in fields.by_section(own):
        count = sum(field in left for field in its_fields)
        nothing = (
            "✓ complete" if any(field.needed.holds({"route": values["route"]}) for field in its_fields) else "optional"
        )
        lines.append(f"{section.name} {f'{count} left' if count else nothing}")
    expect(counters).to_have_text(lines)
    expect(total(visitor)).to_have_text(f"{len(left)} mandatory fields left. Status after saving: WORK IN PROGRESS")


def total(visitor):
    return visitor.page.get_by_role("status").filter(has_text="Status after saving")


@pytest.mark.parametrize(
    ("route", "complete"),
    [
        pytest.param(Route.STUDENT, COMPLETE, id="Student"),
        pytest.param(Route.CHILD_STUDENT, CHILD, id="Child Student"),
    ],
)
def test_after_the_last_answer_no_mandatory_field_is_left(visit, level1, route, complete):
    visitor = visit(level1)
    visitor.goes_to(f"/students/create-cas/{route}/new/")
    visitor.fills_in({name: value for name, value in complete.items() if value != ""})
    expect(total(visitor)).to_have_text("No mandatory fields left. Status after saving: READY TO GO")
    visitor.fills_in({"passport_number": ""})
    expect(total(visitor)).to_have_text("1 mandatory field left. Status after saving: WORK IN PROGRESS")
    visitor.selects("Save")
    visitor.sees_status("WORK IN PROGRESS")


@pytest.mark.parametrize("route", Route)
def test_without_javascript_every_field_is_shown(visit, level1, route):
    visitor = visit(level1, with_javascript=False)
    visitor.goes_to(f"/students/create-cas/{route}/new/")
    for field in own_fields(route):
        expect(visitor.field(field)).to_be_visible()
