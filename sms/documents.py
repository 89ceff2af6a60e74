"""Write the pages of `docs` that come from tables in the code, so that they cannot differ from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from django.conf import settings

from bulk_data_transfer import data_dictionary as of_operations
from bulk_data_transfer import refusals as of_files
from cas import duties
from cas import refusals as of_cas
from cas.details import data_dictionary
from cas.lifecycle import CAS_LIFECYCLE, ORDER_LIFECYCLE
from licences import permissions
from licences import refusals as of_licences
from licences.lifecycle import LICENCE_LIFECYCLE, REQUEST_LIFECYCLE
from licences.roles import WHO_LABELS
from sms.core import refused
from sms.core.lifecycle import Lifecycle, Move
from sms.core.refused import Refusal
from sponsorship_duties import activity_types
from sponsorship_duties import refusals as of_duties

FOLDER = Path(settings.BASE_DIR) / "docs"


def statuses() -> str:
    parts = [
        "# Statuses",
        "",
        "All statuses, and all moves between them. No user can make any other move.",
        "Written by `manage.py document` from the tables that the program and the database's triggers use.",
        "",
    ]
    for lifecycle in (CAS_LIFECYCLE, ORDER_LIFECYCLE, LICENCE_LIFECYCLE, REQUEST_LIFECYCLE):
        parts += [f"## The {lifecycle.name}", "", *_diagram(lifecycle), "", *_table(lifecycle), ""]
        parts += [
            f"Final: {', '.join(status for status in lifecycle.statuses if status in lifecycle.final)}.",
            "",
        ]
        if lifecycle is CAS_LIFECYCLE:
            parts += duties.as_markdown()
    return "\n".join(parts)


def _diagram(lifecycle: Lifecycle) -> list[str]:
    names = {status: status.lower().replace(" ", "_") for status in lifecycle.statuses}
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{status}" as {name}' for status, name in names.items()]
    for move in lifecycle.moves:
        sources = [names[source] for source in _ordered(lifecycle, move.sources)] or ["[*]"]
        targets = [names[target] for target in _ordered(lifecycle, move.targets)] or ["[*]"]
        lines += [f"    {source} --> {target}: {move.name}" for source in sources for target in targets]
    return [*lines, "```"]


def _table(lifecycle: Lifecycle) -> list[str]:
    return [
        "| from | move | to | by | rule |",
        "|---|---|---|---|---|",
        *(_row(lifecycle, move) for move in lifecycle.moves),
    ]


def _row(lifecycle: Lifecycle, move: Move) -> str:
    sources = ", ".join(_ordered(lifecycle, move.sources)) or "none"
    targets = " or ".join(_ordered(lifecycle, move.targets)) or "gone"
    by = ", ".join(label for kind, label in WHO_LABELS.items() if kind in move.by)
    return f"| {sources} | {move.name} | {targets} | {by} | {move.rule} |"


def _ordered(lifecycle: Lifecycle, statuses: frozenset[str]) -> list[str]:
    return [status for status in lifecycle.statuses if status in statuses]


REFUSALS: dict[str, ModuleType] = {
    "Any record": refused,
    "Licences, allocations and users": of_licences,
    "CAS, batches, orders and printouts": of_cas,
    "Sponsorship duties": of_duties,
    "Bulk data transfer": of_files,
}


def declared(module: ModuleType) -> list[Refusal]:
    """Return the refusals that a module declares, in order."""
    return [value for value in vars(module).values() if isinstance(value, Refusal)]


def refusals() -> str:
    """Return the page of all refusals, with the code, status and sentence of each."""
    parts = [
        "# Refusals",
        "",
        "These are the sentences that users see when a rule refuses an action, with the code and the HTTP status that",
        "programs get (RFC 9457). A code never changes and is never reused. Written by `manage.py document` from the",
        "apps' `refusals.py`.",
        "",
    ]
    for heading, module in REFUSALS.items():
        parts += [f"## {heading}", "", "| code | status | sentence |", "|---|---|---|"]
        parts += [f"| `{each.code}` | {each.status} | {each.sentence} |" for each in declared(module)]
        parts.append("")
    return "\n".join(parts)


DOCUMENTS: dict[str, Callable[[], str]] = {
    "statuses.md": statuses,
    "permissions.md": permissions.as_markdown,
    "refusals.md": refusals,
    "fields.md": data_dictionary.as_markdown,
    "activity-types.md": activity_types.as_markdown,
    "bulk-files.md": of_operations.as_markdown,
}


def outdated() -> list[str]:
    """Return the names of the pages that differ from the code."""
    return [name for name, text in DOCUMENTS.items() if _read(FOLDER / name) != text()]


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in DOCUMENTS.items():
        (FOLDER / name).write_text(text(), encoding="utf-8")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
