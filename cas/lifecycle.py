"""The statuses of a CAS and of an order, and the only moves between them (specification, sections 3 and 6)."""

from __future__ import annotations

from django.db.models import TextChoices

from licences.permissions import Action, who_may
from licences.roles import Role
from sms.core.lifecycle import Lifecycle, Move


class CASStatus(TextChoices):
    WORK_IN_PROGRESS = "WORK IN PROGRESS", "WORK IN PROGRESS"
    READY_TO_GO = "READY TO GO", "READY TO GO"
    ASSIGNED = "ASSIGNED", "ASSIGNED"
    USED = "USED", "USED"
    EXPIRED = "EXPIRED", "EXPIRED"
    OBSOLETE = "OBSOLETE", "OBSOLETE"
    WITHDRAWN = "WITHDRAWN", "WITHDRAWN"
    CANCELLED = "CANCELLED", "CANCELLED"


class Outcome(TextChoices):
    """The outcome of the application for leave that a CAS was used for."""

    GRANTED = "GRANTED", "Granted"
    REFUSED = "REFUSED", "Refused"


class Closing(TextChoices):
    """A way in which an application ends without a decision."""

    INVALID = "INVALID", "Rejected as invalid"
    VOID = "VOID", "Void"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


UNASSIGNED = frozenset({CASStatus.WORK_IN_PROGRESS, CASStatus.READY_TO_GO})
EVER_ASSIGNED = frozenset(CASStatus) - UNASSIGNED

_SYSTEM = frozenset({Role.SYSTEM})
_CASEWORKER = frozenset({Role.CASEWORKER})

CAS_LIFECYCLE = Lifecycle(
    "CAS",
    CASStatus.values,
    [
        Move(
            "create",
            "Save",
            frozenset(),
            UNASSIGNED,
            who_may(Action.CAS_CREATE),
            "family name given; READY TO GO when every field that is mandatory, always or because of another "
            "answer, is complete and valid; the user becomes its owner",
            done="Created",
        ),
        Move(
            "save",
            "Save",
            UNASSIGNED,
            UNASSIGNED,
            who_may(Action.CAS_EDIT),
            "refused while its order is open",
            done="Changed",
        ),
        Move(
            "delete",
            "Delete",
            UNASSIGNED,
            frozenset(),
            who_may(Action.CAS_DELETE),
            "refused while its order is open; its history stays",
            done="Deleted",
        ),
        Move(
            "assign",
            "Assign",
            frozenset({CASStatus.READY_TO_GO}),
            frozenset({CASStatus.ASSIGNED}),
            _SYSTEM,
            "when its order is paid; the licence is active and covers the route, the CAS is complete by today's "
            "rules, the course has not ended, and a place is held for it; sets the number and the expiry date in the "
            "same step",
            done="Assigned",
        ),
        Move(
            "withdraw",
            "Withdraw CAS",
            frozenset({CASStatus.ASSIGNED}),
            frozenset({CASStatus.WITHDRAWN}),
            who_may(Action.CAS_WITHDRAW),
            "with a reason; the fee is not refunded, and the place stays used",
            done="Withdrawn",
        ),
        Move(
            "use",
            "Mark as used",
            frozenset({CASStatus.ASSIGNED, CASStatus.EXPIRED}),
            frozenset({CASStatus.USED}),
            _CASEWORKER,
            "after an application made on or before the expiry date was recorded, and not closed; with the day and the "
            "outcome of the decision; refused after the licence or the route has ended",
            done="Marked as used",
        ),
        Move(
            "expire",
            "Expire",
            frozenset({CASStatus.ASSIGNED}),
            frozenset({CASStatus.EXPIRED}),
            _SYSTEM,
            "on the day after the expiry date, with or without an application",
            done="Expired",
        ),
        Move(
            "make_obsolete",
            "Make obsolete",
            frozenset({CASStatus.ASSIGNED}),
            frozenset({CASStatus.OBSOLETE}),
            _SYSTEM,
            "another CAS of the same individual, of any sponsor, was used while this one was valid",
            done="Became obsolete: another CAS of the same individual was used",
        ),
        Move(
            "cancel",
            "Cancel",
            frozenset({CASStatus.ASSIGNED, CASStatus.EXPIRED}),
            frozenset({CASStatus.CANCELLED}),
            _SYSTEM,
            "the licence was revoked, expired or surrendered, or this route was surrendered; an EXPIRED CAS only if "
            "an application made in time is undecided",
            done="Cancelled with the licence or the route",
        ),
    ],
)


class OrderStatus(TextChoices):
    OPEN = "OPEN", "OPEN"
    PAID = "PAID", "PAID"
    DECLINED = "DECLINED", "DECLINED"
    CANCELLED = "CANCELLED", "CANCELLED"
    LAPSED = "LAPSED", "LAPSED"
    REFUND_DUE = "REFUND DUE", "REFUND DUE"
    REFUNDED = "REFUNDED", "REFUNDED"


_OPEN = frozenset({OrderStatus.OPEN})
# An order in these statuses can still become paid: the provider's latest report decides.
NOT_SETTLED = frozenset({OrderStatus.OPEN, OrderStatus.DECLINED, OrderStatus.CANCELLED, OrderStatus.LAPSED})

ORDER_LIFECYCLE = Lifecycle(
    "order",
    OrderStatus.values,
    [
        Move(
            "open",
            "OK",
            frozenset(),
            _OPEN,
            who_may(Action.CAS_ASSIGN),
            "places are held in the allocation",
            done="Payment started",
        ),
        Move(
            "pay",
            "Pay",
            NOT_SETTLED,
            frozenset({OrderStatus.PAID}),
            _SYSTEM,
            "the provider reports that it is paid; assigns all of its CAS in the same step",
            done="Payment received",
        ),
        Move(
            "owe",
            "Mark as REFUND DUE",
            NOT_SETTLED,
            frozenset({OrderStatus.REFUND_DUE}),
            _SYSTEM | _CASEWORKER,
            "the provider reports that it is paid, but not all of its CAS can be assigned; by a caseworker, if "
            "the provider reports a different amount",
            done="Payment received, but the CAS could not be assigned: a refund is due",
        ),
        Move(
            "decline",
            "Decline",
            _OPEN,
            frozenset({OrderStatus.DECLINED}),
            _SYSTEM,
            "the provider reports that it was declined",
            done="Payment declined",
        ),
        Move(
            "cancel",
            "Cancel payment",
            _OPEN,
            frozenset({OrderStatus.CANCELLED}),
            who_may(Action.CAS_ASSIGN) | _SYSTEM,
            "after asking the provider",
            done="Payment cancelled",
        ),
        Move(
            "lapse",
            "Lapse",
            _OPEN,
            frozenset({OrderStatus.LAPSED}),
            _SYSTEM,
            "after 30 minutes without a report if the provider then says that it is unpaid, or after 24 hours without "
            "an answer",
            done="Payment lapsed: the payment service did not answer",
        ),
        Move(
            "refund",
            "Mark as refunded",
            frozenset({OrderStatus.REFUND_DUE}),
            frozenset({OrderStatus.REFUNDED}),
            _CASEWORKER,
            "the money was sent back",
            done="Refunded",
        ),
    ],
)


class PaymentState(TextChoices):
    """The state of a payment, as its provider reports it."""

    PENDING = "pending", "Waiting for payment"
    PAID = "paid", "Paid"
    DECLINED = "declined", "Declined"
    CANCELLED = "cancelled", "Cancelled"
    UNPAID = "unpaid", "Not paid, and can no longer be paid"
    REFUNDED = "refunded", "Refunded"


_NOT_PAID = frozenset({PaymentState.PENDING, PaymentState.DECLINED, PaymentState.CANCELLED, PaymentState.UNPAID})

# The states that a provider can report for an order of each status without differing from the portal. A caseworker may
# refund money by other means than the provider, so the provider may still report a refunded order as paid.
AGREEING: dict[OrderStatus, frozenset[PaymentState]] = {
    OrderStatus.OPEN: frozenset({PaymentState.PENDING}),
    OrderStatus.PAID: frozenset({PaymentState.PAID}),
    OrderStatus.DECLINED: _NOT_PAID,
    OrderStatus.CANCELLED: _NOT_PAID,
    OrderStatus.LAPSED: _NOT_PAID,
    OrderStatus.REFUND_DUE: frozenset({PaymentState.PAID}),
    OrderStatus.REFUNDED: frozenset({PaymentState.PAID, PaymentState.REFUNDED}),
}
