"""Make reports for tests, with the verbs that the pages use."""

from datetime import timedelta
from itertools import count

from sms.core import clock
from sponsorship_duties.models import Activity, ActivityType

numbers = count(1)


def a_type(name="Stop sponsoring student"):
    return ActivityType.objects.get(name=name)


def a_new_type(*, by, name="Student graduated", **more):
    """Add a type that has no reason yet."""
    return ActivityType.objects.add(by=by, name=name, date_label="Date of the award", **more)


def a_reason(name="Withdrew from the course", of="Stop sponsoring student"):
    return a_type(of).reasons.get(name=name)


def a_report(*cas_list, by, of="Stop sponsoring student", reason="Other", on=None, details="", **more):
    """Report activity on these CAS, with the date `on` or today. Return the report, or a list if there are several CAS.

    Each call makes a different report, unless `details` are given.
    """
    made = Activity.objects.report(
        [cas.pk for cas in cas_list],
        by=by,
        activity_type=a_type(of),
        reason=a_reason(reason, of),
        happened_on=on or clock.today(),
        details=details or f"As agreed, {next(numbers)}",
        **more,
    )
    return made[0] if len(cas_list) == 1 else made


def withdrawn(activity, *, by, on=None, details="A mistake"):
    """Withdraw the report. Return the withdrawal."""
    reason = a_reason("Previous notification withdrawn", "Previous notification withdrawn")
    return activity.withdraw(by=by, on=on or activity.happened_on, details=details, reason=reason)


def days(number):
    return timedelta(days=number)
