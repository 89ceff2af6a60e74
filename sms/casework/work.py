"""The first page of the admin: tables of work that needs a decision."""

from __future__ import annotations

from django.db.models import F

from cas.lifecycle import OrderStatus
from cas.models import Order
from licences.casework.pages import Link, Status, Table, link_to, list_of
from licences.jobs.kinds import label_of
from licences.licence_requests.options import asked
from licences.lifecycle import LicenceStatus
from licences.models import Allocation, Job, Licence, LicenceRequest
from licences.models.job import JobState
from sms.core.govuk import formats
from sponsorship_duties.models import Activity

MOST = 10  # rows in each table
NEARLY = 5  # an allocation is nearly used up if at most 1 in 5 places is unused


def work_list() -> list[Table]:
    return [_requests(), _refunds(), _compared(), _unread(), _suspended(), _nearly_used(), _failed_jobs()]


def _requests() -> Table:
    requests = LicenceRequest.objects.waiting()
    rows = [
        (link_to(each.request, each.title), each.request.licence.name, each.waiting)
        for each in map(asked, requests.select_related("licence")[:MOST])
    ]
    number = requests.count() if len(rows) == MOST else len(rows)
    everything = Link(f"All requests to decide ({number:,})", list_of(LicenceRequest, status="SUBMITTED"))
    columns = ("Request", "Sponsor", "Waiting")
    return Table("Requests to decide", columns, rows, everything, "No requests wait for a decision.")


def _refunds() -> Table:
    orders = Order.objects.filter(status=OrderStatus.REFUND_DUE).select_related("licence").order_by("id")[:MOST]
    rows = [
        (link_to(order), order.licence.name, formats.pounds(order.total_pence), formats.moment(order.closed_at))
        for order in orders
    ]
    everything = Link("All orders with a refund due", list_of(Order, status__exact="REFUND+DUE"))
    columns = ("Order", "Sponsor", "Total", "Since")
    return Table("Refunds due", columns, rows, everything, "No refunds are due.")


def _compared() -> Table:
    orders = Order.objects.differing_from_provider().select_related("licence").order_by("id")[:MOST]
    rows = [
        (
            link_to(order),
            Status(order.status),
            order.provider_state_text,
            order.licence.name,
            formats.moment(order.provider_state_at),
        )
        for order in orders
    ]
    everything = Link("All orders that differ", list_of(Order, compared="differing"))
    columns = ("Order", "Status", "The payment service says", "Sponsor", "Since")
    title = "Orders that differ from the payment service's records"
    return Table(title, columns, rows, everything, "No orders differ.")


def _unread() -> Table:
    rows = [
        (link_to(report, report.type_name), report.reason_name or "–", report.licence.name, formats.moment(report.at))
        for report in Activity.objects.unread().select_related("licence")[:MOST]
    ]
    everything = Link("All unread reports", list_of(Activity, read="no"))
    return Table(
        "Reports to read", ("Report", "Reason", "Sponsor", "Since"), rows, everything, "All reports have been read."
    )


def _suspended() -> Table:
    licences = Licence.objects.filter(status=LicenceStatus.SUSPENDED).order_by("name")[:MOST]
    rows = [(link_to(licence, licence.name), licence.number) for licence in licences]
    everything = Link("All suspended licences", list_of(Licence, status__exact="SUSPENDED"))
    return Table("Suspended licences", ("Sponsor", "Licence number"), rows, everything, "No licences are suspended.")


def _nearly_used() -> Table:
    left = F("granted") - F("used") - F("held")
    nearly = Allocation.objects.in_force().filter(licence__status=LicenceStatus.ACTIVE, granted__gte=left * NEARLY)
    rows = [
        (link_to(each, each.licence.name), str(each), formats.number(each.unused), formats.number(each.granted))
        for each in nearly.select_related("licence").order_by(left, "pk")[:MOST]
    ]
    everything = Link("All allocations in force", list_of(Allocation, year="this"))
    columns = ("Sponsor", "Allocation", "Unused", "Granted")
    return Table("Allocations nearly used up", columns, rows, everything, "Every allocation has more than 20% left.")


def _failed_jobs() -> Table:
    jobs = Job.objects.filter(state=JobState.FAILED).select_related("by").order_by("-id")[:MOST]
    rows = [(link_to(job, label_of(job.kind)), link_to(job.by), formats.moment(job.finished_at)) for job in jobs]
    everything = Link("All failed jobs", list_of(Job, state__exact="FAILED"))
    return Table("Failed jobs", ("Job", "User", "Since"), rows, everything, "No jobs have failed.")
