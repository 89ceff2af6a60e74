"""The CAS of the demo data, with their sponsors and everything that happens to them.

The university has about 40, in every status but CANCELLED. Riverside College of Arts has the CANCELLED CAS, because a
CAS is cancelled only when its licence or its route ends.
"""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import MO, relativedelta

from cas.lifecycle import Closing, Outcome
from cas.models import CAS
from sms.core import clock
from sms.demo import days, licensing
from sms.demo.courses import AGENTS
from sms.demo.days import ago
from sms.demo.duties import fees_updated, graduated, noted, nothing_to_report, reported, taken_back
from sms.demo.playback import Story
from sms.demo.stories import (
    address,
    agent,
    applied,
    assigned,
    being_paid,
    closed,
    decided_after_expiry,
    deleted,
    expired,
    gathered,
    granted,
    paid,
    paid_too_late,
    refunded_and_assigned,
    refused,
    retired,
    reviewed,
    saved,
    set_in_all,
    template,
    together,
    unpaid,
    withdrawn,
)
from sms.demo.students import many, student

# Working days: more than six months, so that a CAS assigned then has expired, but within the year of the allocation.
HALF_A_YEAR = 140


def stories() -> list[Story[object]]:
    return [*_unassigned(), *_assigned(), *_over(), *_elsewhere(), *licensing.stories()]


def _unassigned() -> list[Story[object]]:
    return [
        saved("level2", student("zhang"), ago(1)),
        saved("colleague", student("ngozi"), ago(1)),
        saved("colleague", student("olena"), ago(7), lacks=("is_atas_required", "has_previous_uk_study")),
        saved("level1", student("dmytro"), ago(5), lacks=("country_of_birth", "gender")),
        saved("level2", student("emily"), ago(4), lacks=("is_dean_certificate_required",)),
        saved("colleague", student("kofi"), ago(6), lacks=("living_arrangements", "boarding_fees")),
        gathered("colleague", student("yutong"), ago(11)),
        gathered("level1", student("sofia"), ago(16), helped_by="deputy"),
        set_in_all(
            together(
                "January intake",
                "level2",
                saved("level2", student("aisha"), ago(9), lacks=("passport_number", "evidence_for_offer")),
                saved("level2", student("minh"), ago(4)),
            ),
            "level2",
            "is_accommodation_provided",
            True,
        ),
        saved("level2", student("tuan"), ago(8)),
        address("level1", ago(200), "Main campus", "1 Learning Lane", "Exampleford", "EX4 9ZZ"),
        address("deputy", ago(90), "Medical school", "3 Infirmary Walk", "Exampleford", "EX1 2AB"),
        agent("level1", ago(190), AGENTS["compass"]),
        agent("deputy", ago(120), AGENTS["orbit"]),
        retired(agent("level1", ago(180), AGENTS["harbour"]), "deputy", after=60),
        template("level2", ago(150), "CS-MSC-DS", days.next_intake()),
        template("colleague", ago(120), "AE-MSC-IP", days.next_intake()),
        template("level1", ago(95), "PH-MPH", days.next_intake()),
        template("deputy", ago(140), "SF-AL", days.next_intake()),
        retired(template("level2", ago(160), "PS-10", _monday(19)), "level2", after=60),
        unpaid(saved("level2", student("arjun"), ago(6)), "level2", "decline"),
        unpaid(gathered("colleague", student("harpreet"), ago(13)), "colleague", "cancel"),
        unpaid(saved("level1", student("thandiwe"), ago(10)), "level1", "lapse", minutes=33),
        being_paid(saved("level2", student("anahit"), ago(4)), "level2", clock.now() - timedelta(minutes=4)),
        paid_too_late(saved("colleague", student("rosa"), ago(12)), "colleague"),
        deleted("level2", student("ali"), ago(20)),
    ]


def _assigned() -> list[Story[object]]:
    return [
        noted(
            noted(assigned("level2", student("duc"), ago(18)), "level2", ago(9), "Lectures are at the Medical school."),
            "level1",
            ago(4),
            "Lectures are at the Medical school, 3 Infirmary Walk, Exampleford EX1 2AB.",
        ),
        _paid_by("deputy", gathered("colleague", student("wibisono"), ago(40))),
        _paid_by("level1", saved("level2", student("madhavi", _monday(3)), ago(33))),
        fees_updated(assigned("level1", student("stateless"), ago(25)), "level1", ago(8), "6500"),
        closed(assigned("colleague", student("nur"), ago(44)), Closing.INVALID),
        assigned("level2", student("camila"), ago(29)),
        assigned("level2", student("petra", _monday(1, days=3)), ago(24)),
        applied(assigned("colleague", student("leila", _monday(4)), ago(50))),
        refunded_and_assigned(gathered("level2", student("nattawut"), ago(36)), "level2"),
        reported(
            assigned("colleague", student("fatima", _monday(8)), _expiring_in(9)),
            "colleague",
            ago(30),
            "Student delayed",
            "Visa application delayed",
            "Is waiting for a new passport. Follows lectures online until then.",
            in_days=56,
        ),
        assigned("level1", student("tanvir", _monday(6)), _expiring_in(20)),
    ]


def _over() -> list[Story[object]]:
    return [
        granted(assigned("level2", student("omar", _monday(17)).on("PS-10"), ago(125))),
        reported(
            granted(assigned("colleague", student("chidinma", _monday(10)), ago(85))),
            "colleague",
            ago(15),
            "Change in student circumstances",
            "Change of study location",
            "Is doing her field work at Exampleford General Hospital.",
        ),
        reported(
            refused(assigned("level1", student("babatunde"), ago(78))),
            "deputy",
            ago(22),
            "Stop sponsoring student",
            "Visa application refused",
            "Emailed us, and will apply again for next year.",
            in_days=-35,
        ),
        nothing_to_report(
            granted(_paid_by("level2", gathered("level2", student("lena", _monday(19)).on("PS-10"), ago(130)))),
            "level2",
            ago(5),
            "ended",
        ),
        taken_back(
            reported(
                granted(assigned("colleague", student("kwame", _monday(8)), ago(70))),
                "colleague",
                ago(20),
                "Stop sponsoring student",
                "Stopped engaging with studies",
                "Has missed 10 classes, and does not answer letters or calls.",
                in_days=-2,
            ),
            "level1",
            ago(12),
            "Was in hospital, as his doctor has confirmed, and is back.",
        ),
        granted(assigned("level2", student("jiayi"), ago(88))),
        graduated(
            taken_back(
                graduated(granted(assigned("level2", student("amara", _monday(18)), ago(127))), "level2", ago(30)),
                "level2",
                ago(29),
                "The board of examiners meets only next week.",
            ),
            "level2",
            ago(21),
        ),
        reviewed(decided_after_expiry(assigned("level2", student("giorgi"), ago(HALF_A_YEAR + 8)), Outcome.REFUSED)),
        expired(assigned("level2", student("maryam"), ago(HALF_A_YEAR))),
        expired(applied(assigned("colleague", student("minjun"), ago(HALF_A_YEAR + 3)))),
        expired(assigned("level1", student("joao"), ago(HALF_A_YEAR + 5))),
        assigned("level2", student("haoran"), ago(80)),
        assigned("colleague", student("selam"), ago(60)),
        withdrawn(assigned("level2", student("haruka"), ago(55)), "level1", "Has taken up a place in Osaka."),
        withdrawn(assigned("colleague", student("emre"), ago(48)), "deputy", "Deposit refunded on request."),
        withdrawn(assigned("level1", student("liam"), ago(65)), "level1", "Deferred to next year."),
        withdrawn(assigned("level2", student("ivan"), ago(52)), "level1", "Will come on a family visa instead."),
    ]


def _elsewhere() -> list[Story[object]]:
    """Return the stories of the other sponsors. Two of their students also have an OBSOLETE CAS of the university."""
    return [
        granted(assigned("outsider", student("haoran").on("DA-MSC"), ago(75))),
        granted(assigned("outsider", student("selam").on("DA-MSC"), ago(58))),
        *_many_decided("outsider", ago(96)),
        assigned("outsider", student("bilal"), ago(21)),
        saved("outsider", student("grace"), ago(5)),
        saved("outsider", student("thabo"), ago(2), lacks=("passport_number",)),
        assigned("suspended", student("oyuna"), ago(30)),
        granted(assigned("suspended", student("aigerim"), ago(64))),
        saved("suspended", student("mateo"), ago(15)),
        assigned("former", student("ines"), ago(62)),
        assigned("former", student("hana"), ago(57)),
        expired(applied(assigned("former", student("siddharth"), ago(HALF_A_YEAR + 10)))),
    ]


def _many_decided(by: str, on: date) -> list[Story[object]]:
    """Return the stories of many applications, of which a single refusal is between the green and the red line."""
    names = many()
    decided = [granted if number else refused for number in range(len(names))]
    return [decide(assigned(by, student(name, _monday(9)), on)) for name, decide in zip(names, decided, strict=True)]


def _paid_by(payer: str, making: Story[CAS]) -> Story[CAS]:
    cas = yield from making
    return (yield from paid(cas, payer))


def _monday(weeks: int, *, days: int = 0) -> date:
    """Return the last Monday that is at least this many weeks and days ago, as the start of a course."""
    return clock.today() + relativedelta(weeks=-weeks, days=-days, weekday=MO(-1))


def _expiring_in(in_days: int) -> date:
    """Return when to save a CAS, paid for two working days later, so that it expires in about `in_days` days."""
    return clock.today() + relativedelta(days=in_days - 2) - relativedelta(months=6)
