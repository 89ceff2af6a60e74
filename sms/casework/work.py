"""The first page of the admin: tables of work that needs a decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F, QuerySet, Sum

from cas.lifecycle import OrderStatus
from cas.models import Order
from cas.models.order import OrderQuerySet
from licences.casework.pages import link_to, list_of
from licences.casework.parts import Link, Status, Table, number, pounds
from licences.jobs.kinds import label_of
from licences.licence_requests.options import asked
from licences.lifecycle import LicenceStatus
from licences.models import Allocation, Job, Licence, LicenceRequest
from licences.models.job import JobState
from sms.core.counting import tallies
from sms.core.govuk import formats
from sms.core.limits import ROUGHLY
from sponsorship_duties.models import Activity

MOST = 10  # rows in each table
NEARLY = 5  # an allocation is nearly used up if at most 1 in 5 places is unused
LEFT = F("granted") - F("used") - F("held")


def work_list() -> list[Table]:
    """Return the tables, each with the number of its records. All numbers take one statement."""
    found = tallies({name: (rows(), ROUGHLY) for name, (rows, _) in WORK.items()})
    return [table()._replace(found=found[name]) for name, (_, table) in WORK.items()]


def _to_decide() -> QuerySet[LicenceRequest]:
    return LicenceRequest.objects.waiting()


def _requests() -> Table:
    rows = [
        (link_to(each.request, each.title), each.request.licence.name, each.waiting)
        for each in map(asked, _to_decide().select_related("licence")[:MOST])
    ]
    everything = Link("All requests to decide", list_of(LicenceRequest, status="SUBMITTED"))
    columns = ("Request", "Sponsor", "Waiting")
    return Table("Requests to decide", columns, rows, everything, "No requests wait for a decision.")


def _due() -> OrderQuerySet:
    return Order.objects.filter(status=OrderStatus.REFUND_DUE)


def _refunds() -> Table:
    rows = [
        (
            link_to(order),
            order.student_name,
            order.licence.name,
            pounds(order.total_pence),
            formats.moment(order.closed_at),
        )
        for order in _due().with_student().select_related("licence").order_by("id")[:MOST]
    ]
    pence = _due().order_by("id")[:ROUGHLY].aggregate(pence=Sum(F("count") * F("fee_pence")))["pence"]
    everything = Link("All orders with a refund due", list_of(Order, status__exact="REFUND+DUE"))
    columns = ("Order", "For", "Sponsor", "Total", "Since")
    return Table("Refunds due", columns, rows, everything, "No refunds are due.", formats.pounds(pence or 0))


def _compared() -> Table:
    orders = Order.objects.differing_from_provider().with_student().select_related("licence").order_by("id")[:MOST]
    rows = [
        (
            link_to(order),
            order.student_name,
            Status(order.status),
            order.provider_state_text,
            order.licence.name,
            formats.moment(order.provider_state_at),
        )
        for order in orders
    ]
    everything = Link("All orders that differ", list_of(Order, compared="differing"))
    columns = ("Order", "For", "Status", "The payment service says", "Sponsor", "Since")
    title = "Orders that differ from the payment service's records"
    return Table(title, columns, rows, everything, "No orders differ.")


def _unread() -> Table:
    rows = [
        (
            link_to(report, report.type_name),
            report.reason_name or "–",
            link_to(report.cas, report.cas.student_name),
            report.licence.name,
            formats.moment(report.at),
        )
        for report in Activity.objects.unread().select_related("licence", "cas")[:MOST]
    ]
    everything = Link("All unread reports", list_of(Activity, read="no"))
    columns = ("Report", "Reason", "Student", "Sponsor", "Since")
    return Table("Reports to read", columns, rows, everything, "All reports have been read.")


def _suspended_licences() -> QuerySet[Licence]:
    return Licence.objects.filter(status=LicenceStatus.SUSPENDED)


def _suspended() -> Table:
    licences = _suspended_licences().order_by("name")[:MOST]
    rows = [(link_to(licence, licence.name), licence.number) for licence in licences]
    everything = Link("All suspended licences", list_of(Licence, status__exact="SUSPENDED"))
    return Table("Suspended licences", ("Sponsor", "Licence number"), rows, everything, "No licences are suspended.")


def _nearly() -> QuerySet[Allocation]:
    return Allocation.objects.in_force().filter(licence__status=LicenceStatus.ACTIVE, granted__gte=LEFT * NEARLY)


def _nearly_used() -> Table:
    nearly = _nearly().select_related("licence").order_by(LEFT, "pk")[:MOST]
    rows = [(link_to(each, each.licence.name), str(each), number(each.unused), number(each.granted)) for each in nearly]
    everything = Link("All allocations in force", list_of(Allocation, year="this"))
    columns = ("Sponsor", "Allocation", "Unused", "Granted")
    return Table("Allocations nearly used up", columns, rows, everything, "Every allocation has more than 20% left.")


def _failed() -> QuerySet[Job]:
    return Job.objects.filter(state=JobState.FAILED)


def _failed_jobs() -> Table:
    jobs = _failed().select_related("by").order_by("-id")[:MOST]
    rows = [(link_to(job, label_of(job.kind)), link_to(job.by), formats.moment(job.finished_at)) for job in jobs]
    everything = Link("All failed jobs", list_of(Job, state__exact="FAILED"))
    return Table("Failed jobs", ("Job", "User", "Since"), rows, everything, "No jobs have failed.")


# The records that wait for a caseworker, and the function that shows the first of them, in the order of the page.
WORK: dict[str, tuple[Callable[[], QuerySet[Any]], Callable[[], Table]]] = {
    "requests": (_to_decide, _requests),
    "refunds": (_due, _refunds),
    "compared": (Order.objects.differing_from_provider, _compared),
    "unread": (Activity.objects.unread, _unread),
    "suspended": (_suspended_licences, _suspended),
    "nearly used": (_nearly, _nearly_used),
    "failed": (_failed, _failed_jobs),
}
