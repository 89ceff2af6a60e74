"""The drafts of a user: forms of CAS and of course templates with text that is not saved yet."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cas.models import CAS, CourseTemplate
from licences.models import Draft, User
from sms.core.values import trimmed

EDITED = {"edit_cas": CAS.objects.unassigned, "edit_course_template": CourseTemplate.objects.all}
"""The forms of records that exist, and the records that they can change."""

OF_TEMPLATES = ("add_course_template", "edit_course_template")
FORMS = ("create_cas", "add_cas", *OF_TEMPLATES, "edit_cas")


class Unsaved(NamedTuple):
    """A draft of the CAS `cas_id`, of a new CAS or of a course template."""

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
    there = {
        (form, str(pk))
        for form, rows in EDITED.items()
        if (subjects := [int(draft.subject) for draft in drafts if draft.form == form])
        for pk in rows().for_user(user).filter(pk__in=subjects).values_list("pk", flat=True)
    }
    found = []
    for draft in drafts:
        cas_id = int(draft.subject) if draft.form == "edit_cas" else None
        route = draft.subject.partition("/")[0]  # after the slash: the id of a batch, which may have been deleted
        if (draft.form, draft.subject) in there or (draft.form not in EDITED and route in routes):
            found.append(Unsaved(_label(draft), _text(draft, "course_title"), draft.kept_at, draft.address, cas_id))
    return found


def edited(user: User) -> set[int]:
    """Return the ids of the CAS for which `user` has a draft that they can continue."""
    return {draft.cas_id for draft in unsaved(user) if draft.cas_id}


def _label(draft: Draft) -> str:
    if draft.form in OF_TEMPLATES:
        return f"Course template {_text(draft, 'name')}".strip()
    names = (_text(draft, "family_name"), _text(draft, "given_names"))
    return ", ".join(filter(None, names)) or "No name yet"


def _text(draft: Draft, name: str) -> str:
    return trimmed(draft.typed.get(name, ""))
