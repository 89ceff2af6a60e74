"""Factories that make records for tests, with the same public verbs as the pages."""

from datetime import date

from django.db.models import CharField, F, Value
from django.db.models.functions import JSONArray, JSONObject

from cas.models import CAS, Agent, Batch, Order
from cas.models.queryset import LABEL
from cas.models.values import keys_of
from licences.models import Allocation, Event, Licence, User
from licences.roles import Role
from licences.routes import Route
from sms.core import clock
from sms.core.partial_dates import PartialDate
from tests.days import after_days

BOTH = {
    "family_name": "Nguyễn",
    "given_names": "Thị Minh",
    "date_of_birth": PartialDate("2002-05-17"),
    "gender": "2",
    "nationality": "VNM",
    "country_of_birth": "VNM",
    "passport_number": "B1234567",
    "course_title": "MSc Data Science",
    "academic_level": "RQF7",
    "course_start_date": date(2099, 9, 14),
    "course_end_date": date(2100, 9, 10),
    "attendance": "FULL_TIME",
    "is_remote_delivery": False,
    "study_address_line_1": "1 Example Street",
    "study_city": "London",
    "study_postcode": "WC1E 6BT",
    "has_work_placement": False,
    "evidence_for_offer": "BSc Mathematics, Hanoi University, 2024",
    "is_accommodation_in_fee": False,
    "course_fees_first_year": "21500",
    "course_fees_paid": "5000.50",
    "is_agent_used": False,
}
"""The values that CAS of both routes need."""

COMPLETE = {
    **BOTH,
    "is_atas_required": False,
    "is_dean_certificate_required": False,
    "has_previous_uk_study": False,
    "is_selt_required": False,
    "reason_selt_not_required": "HEI",
    "english_level_attained": "C1",
}
"""The values of a CAS of the Student route that is READY TO GO."""

CHILD = {
    **BOTH,
    "academic_level": "RQF3",
    "living_arrangements": "RELATIVE",
    "living_details": "Lives with an aunt in London",
}
"""The values of a CAS of the Child Student route that is READY TO GO."""

COMPASS = {
    "agent_name": "Compass Study Abroad Ltd",
    "agent_contact_name": "Layla Haddad",
    "agent_address_line_1": "40 King Hussein Street",
    "agent_city": "Amman",
    "agent_country": "JOR",
}
"""An agent of the register."""

AMIRA = {
    "name": "Amira Osei",
    "job_title": "Head of Admissions",
    "email": "a.osei@example.ac.uk",
    "telephone": "020 7946 0000",
}
"""A key person of a sponsor."""

PASSWORD = "correct horse battery"

PERSONAL = (COMPLETE["family_name"], COMPLETE["passport_number"], str(COMPLETE["date_of_birth"]), PASSWORD)
"""The personal data of most tests. Anything that leaks personal data leaks these values too."""


def a_user(username, role, licence=None):
    return User.objects.add(
        by=User.objects.system(),
        username=username,
        name=username.title(),
        role=role,
        licence=licence,
        password=PASSWORD,
    )


def a_licence(number, name, routes=tuple(Route), *, by):
    return Licence.objects.grant(
        by=by, number=number, name=name, routes=routes, starts_on=date(2020, 4, 6), expires_on=None
    )


def an_allocation(licence, number=10, route=Route.STUDENT, *, by, starts_on=None):
    """Grant an allocation for a year from the first of this month, or from `starts_on`."""
    return Allocation.objects.grant(
        by=by, licence=licence, route=route, starts_on=starts_on or clock.today().replace(day=1), number=number
    )


def a_cas(by, **values):
    """Make a CAS that is READY TO GO, unless `values` leave something open."""
    return CAS.objects.add({**COMPLETE, **values}, route=Route.STUDENT, by=by)


def many(by, number, *, batch=None):
    """Make `number` READY TO GO CAS of different individuals, in `batch` if given. It takes only a few statements."""
    last = CAS.objects.values_list("pk", flat=True).order_by("pk").last() or 0
    now = {"created_at": clock.now(), "changed_at": clock.now()}
    common = {"licence": by.licence, "owner": by, "created_by": by, "batch": batch, "status": "READY TO GO", **now}
    details = [{**COMPLETE, "route": Route.STUDENT, "passport_number": f"M{last + each}"} for each in range(number)]
    CAS.objects.bulk_create(CAS(**each, **keys_of(each), **common) for each in details)
    made = CAS.objects.filter(pk__gt=last).order_by("pk")
    status = JSONArray(Value(None, output_field=CharField()), F("status"))
    Event.objects.record_each("create", made, by=by, label=LABEL, data=JSONObject(status=status))
    return list(made)


def an_agent(by, **values):
    """Add an agent to the register of the Level 1 user's sponsor."""
    return Agent.objects.add({**COMPASS, **values}, by=by)


def a_draft(by, **values):
    """Make a CAS that is WORK IN PROGRESS."""
    return CAS.objects.add({"family_name": "Okonkwo", **values}, route=Route.STUDENT, by=by)


def an_order(*cas_list, by):
    return Order.objects.open({cas.pk: cas.version for cas in cas_list}, by=by, provider="sandbox")


def a_batch(by, *cas_list, name="September intake", route=Route.STUDENT):
    """Make an unassigned batch of `by`, with these CAS in it."""
    batch = Batch.objects.add(name, route=route, by=by)
    batch.put([cas.pk for cas in cas_list], by=by)
    return batch


def a_batch_order(batch, by=None):
    cas_list = {cas.pk: cas.version for cas in batch.cas.all()}
    return Order.objects.open(cas_list, by=by or batch.owner, provider="sandbox", batch=batch)


def assigned(cas, by=None):
    """Pay for the CAS, and return it ASSIGNED."""
    an_order(cas, by=by or cas.owner).settle(by=User.objects.system())
    cas.refresh_from_db()
    return cas


def in_status(status, *, by, caseworker, **values):
    """Make a CAS of `by`, and bring it to any status by its verbs."""
    if status == "WORK IN PROGRESS":
        return a_draft(by, **values)
    cas = a_cas(by, **values)
    if status == "READY TO GO":
        return cas
    assigned(cas)
    row, system = CAS.objects.filter(pk=cas.pk), User.objects.system()
    if status == "USED":
        cas.record_application(clock.today(), by=caseworker)
        cas.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    elif status == "WITHDRAWN":
        row.move(
            "withdraw",
            by=User.objects.get(licence=cas.licence, role=Role.LEVEL_1),
            withdrawal_reason="Enrolled elsewhere",
        )
    elif status != "ASSIGNED":
        name = {"EXPIRED": "expire", "OBSOLETE": "make_obsolete", "CANCELLED": "cancel"}[status]
        row.move(name, by=system)
    cas.refresh_from_db()
    return cas


def sent_back():
    """Return the details of a refund that was made today."""
    return {"refunded_on": clock.today(), "reference": "BACS 20417"}


def order_in_status(status, cas, *, caseworker):
    """Open an order for a READY TO GO CAS, and bring it to any status by its verbs."""
    order, system = an_order(cas, by=cas.owner), User.objects.system()
    if status in {"REFUND DUE", "REFUNDED"}:
        order.lapse(by=system)
        cas.amend({"course_id": "changed"}, by=cas.owner, version=cas.version)
        order.settle(by=system)  # too late, because the CAS has changed
    if status == "REFUNDED":
        order.refund(by=caseworker, **sent_back())
    verbs = {
        "PAID": order.settle,
        "DECLINED": order.decline,
        "CANCELLED": order.cancel,
        "LAPSED": order.lapse,
    }
    if status in verbs:
        verbs[status](by=system)
    assert order.status == status
    return order


def lasting_until_yesterday(licence, *, by):
    """Set the licence's last day to yesterday, by a change of yesterday. It has not expired yet."""
    with after_days(-1):
        licence.amend(by=by, expires_on=clock.today())
    return licence


def brought_to(status, licence, *, caseworker):
    """Bring an ACTIVE licence to any status by its verbs."""
    if status == "EXPIRED":
        lasting_until_yesterday(licence, by=caseworker)
        licence.expire(by=User.objects.system())
    elif status != "ACTIVE":
        verb = {"SUSPENDED": licence.suspend, "REVOKED": licence.revoke, "SURRENDERED": licence.surrender}[status]
        verb(by=caseworker, reason="Because")
    assert licence.status == status
    return licence
