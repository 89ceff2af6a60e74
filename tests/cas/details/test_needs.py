"""The conditions under which a field is mandatory: in Python, in the script of the form, and in words."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cas.details import fields
from cas.details.needs import ALWAYS, OPTIONAL, All, Any_, AnyFilled, Is, Over, ToSave, is_empty

NAMES = ("a", "b", "c")
VALUES = st.sampled_from(["", "X", "Y"]) | st.booleans() | st.none()
SHARES = st.fixed_dictionaries({}, optional={"share": st.none() | st.integers(0, 4), "most": st.integers(0, 3)})
ANSWERS = st.builds(lambda others, shares: others | shares, st.dictionaries(st.sampled_from(NAMES), VALUES), SHARES)

COMPARED = st.builds(
    lambda name, values: Is(name, *values),
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(["X", "Y", True, False]), min_size=1, max_size=3),
)
OVER = st.builds(Over, st.just("share"), st.integers(0, 3) | st.just("most"))
FILLED = st.builds(lambda names: AnyFilled(*names), st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
CONDITIONS = st.recursive(
    COMPARED | FILLED | OVER,
    lambda inner: st.builds(
        lambda kind, parts: kind(*parts),
        st.sampled_from([All, Any_]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


def by_script(condition, form):
    """Evaluate a condition as the script in the browser does. `form` has the text of each input."""
    if isinstance(condition, bool):
        return condition
    ((kind, operand),) = condition.items()
    if kind == "any_filled":
        return any(form.get(name, "") != "" for name in operand)
    if kind in {"all", "any"}:
        return {"all": all, "any": any}[kind](by_script(part, form) for part in operand)
    name, compared = operand
    if kind == "over":
        return isinstance(compared, int) and int(form.get(name, "") or 0) > compared
    return form.get(name, "") in compared


def typed(values):
    answers = {True: "yes", False: "no", None: ""}
    return {
        name: answers[value] if value is None or isinstance(value, bool) else str(value)
        for name, value in values.items()
    }


@given(CONDITIONS, ANSWERS)
def test_the_script_and_the_portal_agree(condition, answers):
    limits = {"most": answers.pop("most")} if "most" in answers else {}
    assert by_script(condition.given(limits).as_json(), typed(answers)) is condition.holds({**answers, **limits})


@given(CONDITIONS, ANSWERS, ANSWERS)
@example(Over("share", "most"), {"share": None}, {"share": 1, "most": 0})
@example(Over("share", "most"), {"share": 2}, {"most": 1})
def test_a_condition_reduced_by_known_answers_has_the_same_result(condition, known, others):
    left = condition.given(known)
    assert left.holds(others) is left.holds({**others, **known}) is condition.holds({**others, **known})


@given(CONDITIONS, ANSWERS)
def test_a_condition_with_all_answers_known_is_always_or_never(condition, answers):
    known = {"share": None, "most": 2, **answers} | {name: answers.get(name) for name in NAMES}
    assert condition.given(known) in {ALWAYS, OPTIONAL}


def test_no_condition_on_the_form_of_a_child_student_asks_for_the_route():
    boarding = fields.BY_NAME["boarding_fees"].asked
    assert boarding.given({"route": "CHILD_STUDENT"}) == Is("living_arrangements", "BOARDING")
    assert boarding.given({"route": "STUDENT"}) == ALWAYS
    assert fields.BY_NAME["living_arrangements"].needed.given({"route": "CHILD_STUDENT"}) == ALWAYS
    assert fields.BY_NAME["living_arrangements"].needed.given({"route": "STUDENT"}) == OPTIONAL


@given(st.sampled_from(fields.FIELDS), st.data())
def test_the_script_and_the_portal_agree_on_every_field_of_a_cas(field, data):
    answers = {
        "route": data.draw(st.sampled_from(["", "STUDENT", "CHILD_STUDENT"])),
        "academic_level": data.draw(st.sampled_from(["", *fields.BY_NAME["academic_level"].labels])),
        "level_comparison": data.draw(st.sampled_from(["", "HIGHER", "SAME", "LOWER"])),
        "partner_city": data.draw(st.sampled_from(["", "Leeds"])),
        "overseas_country": data.draw(st.sampled_from(["", "FRA"])),
    } | {each.name: data.draw(st.sampled_from([None, True, False])) for each in fields.FIELDS if each.kind == "yes/no"}
    for need in (field.needed, field.asked):
        assert by_script(need.as_json(), typed(answers)) is need.holds(answers)


@given(st.sampled_from(fields.FIELDS), st.sampled_from(["STUDENT", "CHILD_STUDENT"]), ANSWERS)
def test_a_mandatory_field_is_also_asked_for(field, route, answers):
    values = {**answers, "route": route}
    assert field.asked.holds(values) or not field.needed.holds(values)


def test_the_conditions_always_and_never_hold_in_every_form():
    assert (ALWAYS.holds({}), ALWAYS.as_json(), ALWAYS.in_words({})) == (True, True, "always")
    assert (ToSave().holds({}), ToSave().as_json(), ToSave().in_words({})) == (
        True,
        True,
        "always, even to save",
    )
    assert (OPTIONAL.holds({}), OPTIONAL.as_json(), OPTIONAL.in_words({})) == (False, False, "never")


def test_a_condition_is_sent_to_the_script_with_the_values_of_the_form():
    assert Is("a", True).as_json() == {"is": ["a", ["yes"]]}
    assert Over("a", "limit").given({"limit": 33}).as_json() == {"over": ["a", 33]}
    assert AnyFilled("a", "b").as_json() == {"any_filled": ["a", "b"]}
    assert All(Is("a", "X"), Is("b", "Y")).as_json() == {"all": [{"is": ["a", ["X"]]}, {"is": ["b", ["Y"]]}]}
    assert Any_(AnyFilled("a"), Is("b", "Y")).as_json() == {"any": [{"any_filled": ["a"]}, {"is": ["b", ["Y"]]}]}


def test_a_condition_can_be_written_in_words():
    labels = fields.BY_NAME
    assert Is("is_agent_used", True).in_words(labels) == (
        "when “Was an agent or other third party used to recruit the student?” is Yes"
    )
    assert Is("academic_level", "RQF7", "RQF8", words="RQF level 7 or 8").in_words(labels) == (
        "when “Academic level” is RQF level 7 or 8"
    )
    assert Over("placement_percent", 33).in_words(labels) == "when “Share of the course on placement (%)” is over 33%"
    assert AnyFilled("partner_city", "partner_name").in_words(labels) == (
        "when any field of “Partner institution” is filled"
    )
    assert Any_(Is("route", "STUDENT"), Is("is_atas_required", False)).in_words(labels) == (
        "when “Route” is Student, or “Is an ATAS certificate required?” is No"
    )


def test_conditions_with_the_same_content_are_equal():
    assert Is("a", "X") == Is("a", "X") != Is("a", "Y")
    assert len({All(Is("a", True)), All(Is("a", True)), Any_(Is("a", True))}) == 2
    with pytest.raises(AttributeError):
        Is("a", "X").field = "b"


@pytest.mark.parametrize("value", [False, 0, Decimal(0), date(2026, 11, 21), "0", " "])
def test_no_and_zero_fill_a_field(value):
    assert not is_empty(value)
    assert AnyFilled("a").holds({"a": value})


@pytest.mark.parametrize("value", [None, ""])
def test_none_and_empty_text_do_not_fill_a_field(value):
    assert is_empty(value)
    assert not AnyFilled("a").holds({"a": value})
