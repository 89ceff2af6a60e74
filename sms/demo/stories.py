"""Stories of CAS, from creation to the final status. Each step uses the verb that its screen uses."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from cas.lifecycle import Closing, Outcome
from cas.models import CAS, Agent, Batch, CourseTemplate, Order, StudyAddress
from cas.models.setting import set_field
from cas.regular_jobs import expire_cas
from licences.models import User
from sms.core import clock
from sms.demo import days
from sms.demo.courses import on_course, route_of
from sms.demo.people import CASEWORKER
from sms.demo.playback import Story
from sms.demo.students import Student

TYPO = "DEMO00000"


def user(username: str) -> User:
    return User.objects.get(username=username)


def caseworker() -> User:
    return user(CASEWORKER.username)


def add(by: str, student: Student, values: dict[str, Any]) -> CAS:
    """Create a CAS. If its agent is in the register, it was chosen there."""
    name = values.get("agent_name", "")
    agent = Agent.objects.for_user(user(by)).filter(agent_name=name).first()
    chosen = {"agent": agent.pk} if agent else {}
    cas: CAS = CAS.objects.add({**values, **chosen}, route=student.route, by=user(by))
    return cas


# Until it is READY TO GO


def saved(by: str, student: Student, since: date, *, lacks: tuple[str, ...] = ()) -> Story[CAS]:
    """Create a CAS in one step, without the fields that it `lacks`."""
    yield days.about(since, "09:40")
    return add(by, student, {name: value for name, value in student.values().items() if name not in lacks})


def gathered(by: str, student: Student, since: date, *, helped_by: str = "level1") -> Story[CAS]:
    """Create a CAS after the offer. Another user completes it two days later, and the first corrects it next day."""
    yield days.about(since, "10:20")
    values = student.values()
    awaited = ("passport_number", "course_fees_paid", "country_of_birth", "evidence_for_offer")
    cas = add(by, student, {name: value for name, value in values.items() if name not in awaited})
    yield days.later(2, "14:15")
    arrived = {name: values[name] for name in awaited} | {"passport_number": TYPO}
    cas.amend(arrived, by=user(helped_by), version=cas.version)
    yield days.later(1, "11:30")
    cas.amend({"passport_number": values["passport_number"]}, by=user(by), version=cas.version)
    return cas


def together(name: str, by: str, *makings: Story[CAS]) -> Story[Batch]:
    """Create CAS one after the other, and put them into a batch the day after the last."""
    cas_list = []
    for making in makings:
        cas_list.append((yield from making))
    yield days.later(1, "16:05")
    batch = Batch.objects.add(name, route=cas_list[0].route, by=user(by))
    batch.put([cas.pk for cas in cas_list], by=user(by))
    return batch


def set_in_all(making: Story[Batch], by: str, name: str, value: Any) -> Story[Batch]:
    """Set one field of every CAS of a batch, the day after it was made."""
    batch = yield from making
    yield days.later(1, "10:05")
    versions = dict(batch.cas.values_list("pk", "version"))
    set_field(batch, name, value, versions, by=user(by), seen=batch.last_event())
    return batch


def address(by: str, since: date, name: str, line: str, city: str, postcode: str) -> Story[StudyAddress]:
    yield days.about(since, "09:15")
    values = {"name": name, "study_address_line_1": line, "study_city": city, "study_postcode": postcode}
    return StudyAddress.objects.add(values, by=user(by))


def agent(by: str, since: date, details: dict[str, str]) -> Story[Agent]:
    yield days.about(since, "09:30")
    return Agent.objects.add(details, by=user(by))


def template(by: str, since: date, course_id: str, starts_on: date) -> Story[CourseTemplate]:
    """Create a course template, from the details that a student's CAS has of the course."""
    yield days.about(since, "14:10")
    return CourseTemplate.objects.add(on_course(course_id, starts_on, ""), route=route_of(course_id), by=user(by))


def retired(making: Story[Any], by: str, after: int) -> Story[Any]:
    """Retire an agent, or the template of an intake that is over."""
    made = yield from making
    yield days.later(after, "17:10")
    made.retire(by=user(by))
    return made


def deleted(by: str, student: Student, since: date) -> Story[None]:
    """Create a CAS by mistake, and delete it. Only its history is left."""
    cas = yield from saved(by, student, since)
    yield days.later(1, "15:10")
    cas.remove(by=user(by))


# Payment


def ordered(cas: CAS, by: str) -> Order:
    return Order.objects.open({cas.pk: cas.version}, by=user(by), provider="sandbox")


def paid(cas: CAS, by: str, *, after: int = 2) -> Story[CAS]:
    yield days.later(after, "13:05")
    order = ordered(cas, by)
    yield days.minutes_later(3)
    order.settle(by=User.objects.system())
    cas.refresh_from_db()
    return cas


def unpaid(making: Story[CAS], by: str, ending: str, *, minutes: int = 4) -> Story[CAS]:
    """Start a payment that ends without being paid: `ending` is "decline", "cancel" or "lapse"."""
    cas = yield from making
    yield days.later(1, "10:50")
    order = ordered(cas, by)
    yield days.minutes_later(minutes)
    getattr(order, ending)(by=user(by) if ending == "cancel" else User.objects.system())
    return cas


def being_paid(making: Story[CAS], by: str, at: datetime) -> Story[CAS]:
    """Start a payment that is still open."""
    cas = yield from making
    yield at
    ordered(cas, by)
    return cas


def paid_too_late(making: Story[CAS], by: str) -> Story[Order]:
    """Pay after the order has lapsed and the CAS was changed, so that a refund is due."""
    cas = yield from making
    yield days.later(1, "16:00")
    order = ordered(cas, by)
    yield days.minutes_later(35)
    order.lapse(by=User.objects.system())
    yield days.later(1, "09:25")
    cas.amend({"course_fees_paid": "5000"}, by=user(by), version=cas.version)
    yield days.minutes_later(50)
    order.settle(by=User.objects.system())
    return order


def refunded_and_assigned(making: Story[CAS], by: str) -> Story[CAS]:
    order = yield from paid_too_late(making, by)
    yield days.later(2, "12:00")
    order.refund(by=caseworker(), refunded_on=clock.today(), reference="BACS 20417")
    cas = CAS.objects.get(order_lines__order=order)
    return (yield from paid(cas, by))


def assigned(by: str, student: Student, since: date) -> Story[CAS]:
    """Create a CAS in one step, and pay for it two working days later."""
    cas = yield from saved(by, student, since)
    return (yield from paid(cas, by))


# After it was ASSIGNED


def applied(making: Story[CAS], *, after: int = 8) -> Story[CAS]:
    cas = yield from making
    yield days.later(after, "15:40")
    cas.record_application(days.ago(1), by=caseworker())
    return cas


def decided(making: Story[CAS], outcome: Outcome, *, after: int = 15) -> Story[CAS]:
    cas = yield from applied(making)
    yield days.later(after, "11:20")
    cas.use(by=caseworker(), decided_on=days.ago(1), outcome=outcome)
    return cas


def granted(making: Story[CAS]) -> Story[CAS]:
    return decided(making, Outcome.GRANTED)


def refused(making: Story[CAS]) -> Story[CAS]:
    return decided(making, Outcome.REFUSED)


def closed(making: Story[CAS], closed_as: Closing) -> Story[CAS]:
    """Record an application, and close it 12 working days later without a decision."""
    cas = yield from applied(making)
    yield days.later(12, "10:25")
    cas.close_application(closed_as, days.ago(1), by=caseworker())
    return cas


def reviewed(making: Story[CAS]) -> Story[CAS]:
    """Record a successful administrative review of a refusal."""
    cas = yield from making
    yield days.later(5, "16:15")
    cas.record_review(days.ago(1), by=caseworker())
    return cas


def expired(making: Story[CAS]) -> Story[CAS]:
    """Wait until the night after the expiry date, and expire the CAS."""
    cas = yield from making
    if not cas.expires_on:
        raise ValueError("Only an assigned CAS can expire.")
    yield days.exactly(cas.expires_on + timedelta(days=1), "00:05")
    expire_cas()
    cas.refresh_from_db()
    return cas


def decided_after_expiry(making: Story[CAS], outcome: Outcome) -> Story[CAS]:
    cas = yield from expired(applied(making))
    yield days.later(3, "14:35")
    cas.use(by=caseworker(), decided_on=days.ago(1), outcome=outcome)
    return cas


def withdrawn(making: Story[CAS], by: str, reason: str) -> Story[CAS]:
    cas = yield from making
    yield days.later(6, "16:30")
    cas.withdraw(by=user(by), reason=reason)
    return cas
