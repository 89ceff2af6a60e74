"""Which fields stand side by side on the form, in the order of the form. Any other field has a row of its own."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from cas.details.field import CASField

COLUMNS = 12
"""The width of a row."""


class Row(NamedTuple):
    """Neighbours, with the columns that each of them takes. They use several lines if they need more columns."""

    names: tuple[str, ...]
    widths: tuple[int, ...]


def _row(*names: str, widths: tuple[int, ...] = ()) -> Row:
    return Row(names, widths or (COLUMNS // len(names),) * len(names))


def _address(prefix: str, *, country: bool = True) -> tuple[Row, Row]:
    lines = [f"{prefix}_address_line_{number}" for number in (1, 2, 3)]
    place = [f"{prefix}_{name}" for name in ("city", "county", "postcode", "country")]
    return _row(*lines), _row(*place, widths=(3, 3, 2, 4)) if country else _row(*place[:3])


ROWS = (
    _row("applicant_id", "application_id", "ucas_id", widths=(4, 5, 3)),
    _row("family_name", "given_names", "other_names"),
    _row("date_of_birth", "gender"),
    _row("nationality", "country_of_birth", "place_of_birth", "passport_number"),
    _row("partner_name", "partner_licence_number", widths=(8, 4)),
    *_address("partner"),
    *_address("overseas"),
    _row("course_title", "course_id", widths=(8, 4)),
    _row("academic_level", "secondary_academic_level"),
    _row("course_start_date", "latest_acceptance_date", "course_end_date"),
    _row(
        "attendance",
        "hours_per_week",
        "is_remote_delivery",
        "remote_delivery_percent",
        "is_sabbatical_officer",
        widths=(4,) * 5,
    ),
    *_address("study", country=False),
    _row("has_work_placement", "placement_percent"),
    *_address("placement"),
    _row("is_atas_required", "is_dean_certificate_required"),
    _row("previous_academic_level", "level_comparison"),
    _row("reason_selt_not_required", "selt_provider", "english_level_attained", widths=(6, 6, 6)),
    _row("selt_speaking", "selt_listening", "selt_reading", "selt_writing"),
    _row("is_accommodation_provided", "is_accommodation_in_fee"),
    _row("course_fees_first_year", "course_fees_paid", "accommodation_fees_paid"),
    _row("boarding_fees", "boarding_fees_paid", "financial_sponsor"),
    _row("agent_name", "agent_contact_name"),
    *_address("agent"),
)

WIDTHS = {name: width for row in ROWS for name, width in zip(row.names, row.widths, strict=True)}

_ROW_OF = {name: row for row in ROWS for name in row.names}


def by_row(fields: Iterable[CASField]) -> list[list[CASField]]:
    """Return the fields grouped by row, in the order given."""
    return [list(group) for _, group in groupby(fields, key=lambda field: _ROW_OF.get(field.name) or field)]
