"""The drafts of a user, listed at `Students`: forms with text that is not saved yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from cas.columns import full_name, label_of
from cas.details import fields
from cas.lifecycle import UNASSIGNED
from cas.models import CAS, Agent, Batch, CourseTemplate, StudyAddress
from licences.models import Draft, User
from licences.permissions import Action
from licences.scoping import LicenceScopedQuerySet
from sms.core.values import trimmed


class Kind(NamedTuple):
    """A form whose drafts are listed for users who may do `action`.

    Its drafts are labelled by `words` and the text in the field `name`. It changes one of `rows`, or creates something.
    """

    action: Action
    words: str
    name: str
    rows: Callable[[], LicenceScopedQuerySet[Any]] | None = None


KINDS = {
    "create_cas": Kind(Action.CAS_CREATE, "", ""),
    "add_cas": Kind(Action.CAS_CREATE, "", ""),
    "edit_cas": Kind(Action.CAS_EDIT, "", "", CAS.objects.unassigned),
    "create_batch": Kind(Action.CAS_CREATE, label_of("batch"), "name"),
    "rename_batch": Kind(Action.CAS_EDIT, label_of("batch"), "name", Batch.objects.unassigned),
    "set_field": Kind(Action.CAS_EDIT, "Set one field:", "field", Batch.objects.unassigned),
    "add_course_template": Kind(Action.TEMPLATES_KEEP, "Course template", "name"),
    "edit_course_template": Kind(Action.TEMPLATES_KEEP, "Course template", "name", CourseTemplate.objects.all),
    "add_agent": Kind(Action.AGENTS_KEEP, "Agent", "agent_name"),
    "edit_agent": Kind(Action.AGENTS_KEEP, "Agent", "agent_name", Agent.objects.all),
    "add_study_address": Kind(Action.ADDRESSES_KEEP, "Study address", "name"),
    "edit_study_address": Kind(Action.ADDRESSES_KEEP, "Study address", "name", StudyAddress.objects.all),
}
"""The forms, by the name of their address. Those of CAS are labelled by the student."""


class Unsaved(NamedTuple):
    """A draft of the CAS `cas_id`, of a new CAS, or of another form."""

    label: str
    course: str
    kept_at: datetime | None
    address: str
    cas_id: int | None


def unsaved(user: User) -> list[Unsaved]:
    """Return the drafts that `user` can continue, newest first."""
    known = [form for form, kind in KINDS.items() if user.may(kind.action)]
    drafts = list(Draft.objects.for_user(user).open().filter(form__in=known))
    if not drafts:
        return []
    routes = set(user.sponsor.open_routes())
    there = {
        (form, str(pk))
        for form, kind in KINDS.items()
        if kind.rows and (subjects := [int(draft.subject) for draft in drafts if draft.form == form])
        for pk in kind.rows().for_user(user).filter(pk__in=subjects).values_list("pk", flat=True)
    }
    found = []
    for draft in drafts:
        cas_id = int(draft.subject) if draft.form == "edit_cas" else None
        route = draft.subject.partition("/")[0]  # after the slash: the id of a batch, which may have been deleted
        is_new = KINDS[draft.form].rows is None and (not route or route in routes)
        if (draft.form, draft.subject) in there or is_new:
            found.append(Unsaved(_label(draft), _text(draft, "course_title"), draft.kept_at, draft.address, cas_id))
    return found


def edited(user: User) -> set[int]:
    """Return the ids of the CAS for which `user` has a draft that they can continue."""
    return {draft.cas_id for draft in unsaved(user) if draft.cas_id}


def is_edited(user: User, cas: CAS) -> bool:
    """Return whether `user`, who may see this CAS, has a draft of it that they can continue."""
    if cas.status not in UNASSIGNED or not user.may(KINDS["edit_cas"].action):
        return False
    return Draft.objects.for_user(user).open().filter(form="edit_cas", subject=str(cas.pk)).exists()


def _label(draft: Draft) -> str:
    kind = KINDS[draft.form]
    if not kind.words:
        names = (_text(draft, "family_name"), _text(draft, "given_names"))
        return full_name(*names) or "No name yet"
    text = _text(draft, kind.name)
    is_of_field = draft.form == "set_field" and text in fields.BY_NAME
    return f"{kind.words} {fields.BY_NAME[text].subject if is_of_field else text}".strip()


def _text(draft: Draft, name: str) -> str:
    return trimmed(draft.typed.get(name, ""))
