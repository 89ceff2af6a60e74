"""Find what a request changed in the database, row by row, and judge whether it was allowed to.

First the judge uses each page properly and learns what the page writes. After that, a request may write only what its
page was seen to write. Only the columns of the form's own fields may take any valid value.
"""

import json
import re
from collections import defaultdict
from typing import Any, NamedTuple

from django.apps import apps
from django.urls import resolve

from cas.models import CAS, Order
from experiments.visits import own_fields, page_at
from licences.accounts import emails, notices, own_email
from licences.models import Draft, Event, Job, Licence, Session, User
from licences.roles import Role

ADDED, DELETED, CHANGED = "added", "deleted", "changed"

MARKS = {"text": "injected", "number": "77777", "day": "2001-02-03"}
"""Values that are sent under names which are not fields of the form."""

EMAILS = {emails.JOB_KIND, notices.JOB_KIND, own_email.JOB_KIND}
"""The kinds of job whose user is the reader of an email."""

UNKEEPABLE = re.compile(r"[\x00\ud800-\udfff]|\\u0000|\\ud[89a-f]")


class Change(NamedTuple):
    """A changed column of one row. `row` is the whole row before the change, or the new row if it was added."""

    model: Any
    how: str
    row: dict[str, Any]
    column: str
    before: Any
    after: Any

    def __str__(self):
        place = f"{self.model.__name__} {self.row.get('id', '')} {self.how}, {self.column}"
        return f"{place}: {self.before!r:.80} became {self.after!r:.80}"

    @property
    def what(self):
        """Return what a page is allowed to do: change this column, or add or delete rows of this table."""
        return self.model, self.how, self.column if self.how is CHANGED else ""

    @property
    def value(self):
        """Return the new value if it is one of a fixed set, such as a status. Return None for any other value."""
        field = self.model._meta.get_field(self.column)
        is_one_of_few = field.choices or (self.model is Event and self.column in {"kind", "verb"})
        return (self.model, self.column, self.after) if is_one_of_few and self.how is not DELETED else None


def tables():
    """Return the models of all tables by table name, except sessions, which each visit writes."""
    return {model._meta.db_table: model for model in apps.get_models() if model is not Session}


def everything():
    """Return every row of every table: a dictionary by model, then by primary key."""
    return {model: rows_of(model) for model in tables().values()}


def rows_of(model):
    return {row[0]: row for row in model._base_manager.values_list(*_columns(model))}


def _columns(model):
    return [model._meta.pk.attname, *(each.attname for each in model._meta.concrete_fields if not each.primary_key)]


class Watch:
    """A wrapper of statements, which reads only those tables again that were written."""

    def __init__(self, last):
        self.last, self.written = last, set()

    def __call__(self, execute, sql, *args):
        if not sql.startswith(READING):
            table = WRITING.match(sql)
            self.written |= {table[1]} if table else set(tables())
        return execute(sql, *args)

    def look(self):
        changed = {model: rows_of(model) for name, model in tables().items() if name in self.written}
        self.last, self.written = self.last | changed, set()
        return self.last


READING = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")
WRITING = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')


def changes(before, after):
    for model, rows in after.items():
        if rows is before[model]:
            continue
        names = _columns(model)
        nothing = [None] * len(names)
        for pk in rows.keys() | before[model].keys():
            old, new = before[model].get(pk), rows.get(pk)
            how = ADDED if old is None else DELETED if new is None else CHANGED
            row = dict(zip(names, old or new, strict=True))
            for column, was, now in zip(names, old or nothing, new or nothing, strict=True):
                if how is not CHANGED or was != now:
                    yield Change(model, how, row, column, was, now)


class Judge:
    """A judge of changes, who learns what each page writes when it is used properly."""

    def __init__(self):
        self.seen = defaultdict(set)  # by page
        self.values = set()
        self.system = User.objects.system().pk

    def learn(self, address, before, after):
        made = list(changes(before, after))
        self.seen[page_at(address)] |= {change.what for change in made}
        self.values |= {change.value for change in made}

    def settle(self):
        """End learning. Every page that can change the status of an order may do what any other such page does."""
        hearing = [page for page, seen in self.seen.items() if (Order, CHANGED, "status") in seen]
        for page in hearing:
            self.seen[page] = set().union(*(self.seen[each] for each in hearing))

    def faults(self, address, user, before, after):
        """Yield a sentence for each change that `user` must not make there. `user` is None if not signed in."""
        made = list(changes(before, after))
        if not made:
            return
        page = page_at(address)
        own = own_fields(address) if page else frozenset()
        for change in made:
            if reason := self._why_not(change, page, own) or self._why_not_by(change, address, own, user):
                yield f"{reason}: {change}"

    def _why_not(self, change, page, own):
        """Return what is wrong with the change for any user, or an empty string."""
        if found := UNKEEPABLE.search(json.dumps(change.after, default=str, ensure_ascii=False)):
            return f"not every database keeps {found[0]!r}"
        if page is None or change.model is Draft:
            return "" if page else "there is no page"
        of_form = change.column in own and change.how is CHANGED
        tables = {model for model, *_ in self.seen[page]}
        if change.what not in self.seen[page] and not (of_form and change.model in tables):
            return "the page does not write it"
        if change.column in own:
            return ""
        if change.value not in self.values | {None}:
            return "no page sets this value"
        if MARKS["text"] in str(change.after) or str(change.after)[:10] in MARKS.values():
            return "the form has no such field"
        if (change.model, change.column, change.how) == (CAS, "version", CHANGED) and change.after != change.before + 1:
            return "not the next version"
        return ""

    def _why_not_by(self, change, address, own, user):
        """Return what is wrong with the change for this user, or an empty string."""
        view = resolve(address.partition("?")[0]).func
        if change.model is Draft:
            return _why_not_draft(change, view)
        if not getattr(view, "login_required", True):
            user = None
        elif user is None:
            return "no user has signed in"
        elif (user.role == Role.CASEWORKER) is not address.startswith("/admin/"):
            return "the page is not for this user"
        field = change.model._meta.get_field(change.column)
        if (change.model, change.column, change.how) == (Job, "by_id", ADDED) and change.row["kind"] in EMAILS:
            return "" if _may_be_emailed(change.after, user) else "the reader of the email is not the user's"
        if field.related_model is User and change.how is ADDED and change.after is not None:
            doers = {self.system, user.pk} if user else {self.system}
            return "" if change.after in doers else "it names another user"
        is_fixed = change.how is not ADDED or field.related_model is Licence
        if user is None or user.licence_id is None or not is_fixed:
            return ""
        licence = change.after if change.how is ADDED else change.row.get("licence_id", user.licence_id)
        owner = change.row.get("owner_id", user.pk) if user.role == Role.LEVEL_2 else user.pk
        return "" if (licence, owner) == (user.licence_id, user.pk) else "the row is not the user's"


def _may_be_emailed(reader, user):
    """Return whether `user` may have an email sent to this reader, who is the user of its job."""
    if user is None or user.role == Role.CASEWORKER:
        return True  # a link can be asked for without signing in, and is emailed to its own user only
    return reader == user.pk or (
        user.role == Role.LEVEL_1 and User.objects.filter(pk=reader, licence=user.licence_id).exists()
    )


def _why_not_draft(change, view):
    """Return what is wrong with the change of a draft, or an empty string.

    A draft is private: it belongs to the user for whom the page was rendered, and holds only fields of its form. After
    the form is saved, it holds a digest of what was sent, and the record that it was saved as.
    """
    if not hasattr(view, "draft_parameters"):
        return "the page keeps no drafts"
    if change.column == "data" and not set(change.after or ()) - {"sent", "as"} <= set(view.draft_parameters()):
        return "the form has no such field"
    return "" if change.how is not CHANGED or change.column in {"data", "kept_at", "done_at"} else "a draft keeps it"
