"""Format dates, money and numbers for pages, print and messages.

This is plain Python, because Django's localised formats took a third of the time of a list page.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from markupsafe import Markup, escape

from sms.core.clock import LONDON
from sms.core.partial_dates import PartialDate
from sms.core.values import MONTHS


class Name(str):
    """A person's name, which pages show in `bdi`: a name that is written from right to left moves no text around it."""

    __slots__ = ()

    def __html__(self) -> Markup:
        return Markup("<bdi>") + escape(str(self)) + Markup("</bdi>")


class TextWithNames(str):
    """A plain text that contains names, which pages show with each name in `bdi`."""

    __slots__ = ("html",)
    html: Markup

    def __html__(self) -> Markup:
        return self.html


def with_names(text: str, *parts: object) -> TextWithNames:
    """Return `text`, a constant with {} for each of `parts`. Each part that is a `Name` is in `bdi` on pages."""
    found = TextWithNames(text.format(*parts))
    found.html = Markup(text).format(*parts)
    return found


def day(value: date | None) -> str:
    """Return a date such as 21 November 2026, which for a time is its London date; "" for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(LONDON)
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def partial_day(value: PartialDate) -> str:
    """27 March 2007, March 2007 or 2007: as much as is known."""
    month = MONTHS[value.month - 1] if value.month else ""
    return " ".join(str(part) for part in (value.day, month, value.year) if part)


def moment(value: datetime | None) -> str:
    """Return a London time such as 21 November 2026 at 10:42am; "" for None. `value` must be aware."""
    if value is None:
        return ""
    return f"{day(value)} at {time_of_day(value)}"


def time_of_day(value: datetime | None) -> str:
    """Return a London time such as 10:42am; "" for None. `value` must be aware."""
    if value is None:
        return ""
    value = value.astimezone(LONDON)
    return f"{value.hour % 12 or 12}:{value.minute:02}{'am' if value.hour < 12 else 'pm'}"


def sterling(amount: Decimal | int | None) -> str:
    """Return an amount in pounds as £1,234.50; "" for None."""
    if amount is None:
        return ""
    return f"-£{-amount:,.2f}" if amount < 0 else f"£{amount:,.2f}"


def pounds(pence: int | None) -> str:
    """Return an amount in pence as £1,234.50; "" for None."""
    return "" if pence is None else sterling(Decimal(pence) / 100)


def number(value: int | None) -> str:
    """Return a number such as 1,234; "" for None."""
    return "" if value is None else f"{value:,}"


def decimal(value: Decimal) -> str:
    """Return a number without zeros after its last figure, such as 17.5 or 15."""
    return f"{value.normalize():f}"
