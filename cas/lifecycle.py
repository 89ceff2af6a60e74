"""The statuses of a CAS and of an order, and the only ways from one to another (specification, sections 3 and 6)."""

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
    """What became of the application of a CAS that was used."""

    GRANTED = "GRANTED", "Granted"
    REFUSED = "REFUSED", "Refused"


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
            "family name given; READY TO GO when every mandatory and every triggered field is complete and valid; "
            "the user becomes its owner",
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
            "when its order is paid; licence active and licensed for the route, complete by today's rules, course "
            "not yet ended, allocation held for it; number and expiry date are set in the same step",
            done="Assigned",
        ),
        Move(
            "withdraw",
            "Withdraw CAS",
            frozenset({CASStatus.ASSIGNED}),
            frozenset({CASStatus.WITHDRAWN}),
            who_may(Action.CAS_WITHDRAW),
            "with a reason; fee and allocation do not come back",
            done="Withdrawn",
        ),
        Move(
            "use",
            "Use",
            frozenset({CASStatus.ASSIGNED, CASStatus.EXPIRED}),
            frozenset({CASStatus.USED}),
            _CASEWORKER,
            "after an application was recorded, made on or before the expiry date; with the day of decision and its "
            "outcome; refused once the licence or the route has ended",
            done="Marked as used",
        ),
        Move(
            "expire",
            "Expire",
            frozenset({CASStatus.ASSIGNED}),
            frozenset({CASStatus.EXPIRED}),
            _SYSTEM,
            "the day after the expiry date, application or not",
            done="Expired",
        ),
        Move(
            "make_obsolete",
            "Make obsolete",
            frozenset({CASStatus.ASSIGNED}),
            frozenset({CASStatus.OBSOLETE}),
            _SYSTEM,
            "another CAS of the same individual, of any sponsor, was used within this one's validity",
            done="Became obsolete: another CAS of the same individual was used",
        ),
        Move(
            "cancel",
            "Cancel",
            frozenset({CASStatus.ASSIGNED, CASStatus.EXPIRED}),
            frozenset({CASStatus.CANCELLED}),
            _SYSTEM,
            "the licence was revoked, expired or surrendered, or this route was surrendered; an EXPIRED one only "
            "while an application made in time is undecided",
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
# A provider may call an order paid even after it said otherwise, or nothing at all, and its word decides.
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
            "the provider says that it is paid; all of its CAS are assigned in the same step",
            done="Payment received",
        ),
        Move(
            "owe",
            "Owe a refund",
            NOT_SETTLED,
            frozenset({OrderStatus.REFUND_DUE}),
            _SYSTEM | _CASEWORKER,
            "the provider says that it is paid, and not all of its CAS can be assigned; by a caseworker, when it says "
            "that another amount was paid",
            done="Payment received, but the CAS could not be assigned: a refund is due",
        ),
        Move(
            "decline",
            "Decline",
            _OPEN,
            frozenset({OrderStatus.DECLINED}),
            _SYSTEM,
            "the provider says so",
            done="Payment declined",
        ),
        Move(
            "cancel",
            "Cancel payment",
            _OPEN,
            frozenset({OrderStatus.CANCELLED}),
            who_may(Action.CAS_ASSIGN) | _SYSTEM,
            "the provider was asked first",
            done="Payment cancelled",
        ),
        Move(
            "lapse",
            "Lapse",
            _OPEN,
            frozenset({OrderStatus.LAPSED}),
            _SYSTEM,
            "after 30 minutes of silence when the provider says that it is unpaid, or after 24 hours without an answer",
            done="Payment lapsed: the payment service did not answer",
        ),
        Move(
            "refund",
            "Refunded",
            frozenset({OrderStatus.REFUND_DUE}),
            frozenset({OrderStatus.REFUNDED}),
            _CASEWORKER,
            "the money went back",
            done="Refunded",
        ),
    ],
)


class PaymentState(TextChoices):
    """What a payment provider says of a payment."""

    PENDING = "pending", "Waiting for payment"
    PAID = "paid", "Paid"
    DECLINED = "declined", "Declined"
    CANCELLED = "cancelled", "Cancelled"
    UNPAID = "unpaid", "Not paid, and nobody can pay any more"
    REFUNDED = "refunded", "Refunded"


_NOT_PAID = frozenset({PaymentState.PENDING, PaymentState.DECLINED, PaymentState.CANCELLED, PaymentState.UNPAID})

# What a provider says of orders in each status when its books and ours agree. Money may go back by other ways than
# the provider's, so what was refunded may stay paid in its books.
AGREEING: dict[OrderStatus, frozenset[PaymentState]] = {
    OrderStatus.OPEN: frozenset({PaymentState.PENDING}),
    OrderStatus.PAID: frozenset({PaymentState.PAID}),
    OrderStatus.DECLINED: _NOT_PAID,
    OrderStatus.CANCELLED: _NOT_PAID,
    OrderStatus.LAPSED: _NOT_PAID,
    OrderStatus.REFUND_DUE: frozenset({PaymentState.PAID}),
    OrderStatus.REFUNDED: frozenset({PaymentState.PAID, PaymentState.REFUNDED}),
}
