"""The drafts of a user: CAS forms with text that is not saved yet."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cas.models import CAS
from licences.models import Draft, User
from sms.core.values import trimmed

FORMS = ("create_cas", "add_cas", "edit_cas")


class Unsaved(NamedTuple):
    """A draft of the CAS `cas_id`, or of a new CAS."""

    label: str
    course: str
    kept_at: datetime | None
    address: str
    cas_id: int | None


def unsaved(user: User) -> list[Unsaved]:
    """Return the drafts that `user` can continue, newest first."""
    drafts = list(Draft.objects.for_user(user).open().filter(form__in=FORMS))
    if not drafts:
        return []
    routes = set(user.sponsor.open_routes())
    edited = [int(draft.subject) for draft in drafts if draft.form == "edit_cas"]
    there = set(CAS.objects.for_user(user).unassigned().filter(pk__in=edited).values_list("pk", flat=True))
    found = []
    for draft in drafts:
        cas_id = int(draft.subject) if draft.form == "edit_cas" else None
        route = draft.subject.partition("/")[0]  # after the slash: the id of a batch, which may have been deleted
        if cas_id in there or (cas_id is None and route in routes):
            found.append(Unsaved(_label(draft), _text(draft, "course_title"), draft.kept_at, draft.address, cas_id))
    return found


def edited(user: User) -> set[int]:
    """Return the ids of the CAS for which `user` has a draft that they can continue."""
    return {draft.cas_id for draft in unsaved(user) if draft.cas_id}


def _label(draft: Draft) -> str:
    names = (_text(draft, "family_name"), _text(draft, "given_names"))
    return ", ".join(filter(None, names)) or "No name yet"


def _text(draft: Draft, name: str) -> str:
    return trimmed(draft.typed.get(name, ""))
