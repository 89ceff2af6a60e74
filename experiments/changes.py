"""What a request changed in the database, row by row, and whether it may.

First the pages are used as they are meant to be, and what each of them then writes is learned. After that a request may
write no more than its page was seen to write; only the columns of the form's own fields may hold anything valid.
"""

import json
import re
from collections import defaultdict
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.sessions.models import Session
from django.urls import resolve

from cas.models import CAS, Order
from experiments.visits import own_fields, page_at
from licences.models import Draft, Event, Licence, User
from licences.roles import Role

ADDED, DELETED, CHANGED = "added", "deleted", "changed"

MARKS = {"text": "injected", "number": "77777", "day": "2001-02-03"}
"""What is sent under names that are not the form's own."""

UNKEEPABLE = re.compile(r"[\x00\ud800-\udfff]|\\u0000|\\ud[89a-f]")


class Change(NamedTuple):
    """One column of one row. `row` is all of it, as it was, or as it is if it is new."""

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
        """What is learned of it: the column, or that rows of the table come or go."""
        return self.model, self.how, self.column if self.how is CHANGED else ""

    @property
    def value(self):
        """The value, if it is one of a few, such as a status; else nothing."""
        field = self.model._meta.get_field(self.column)
        is_one_of_few = field.choices or (self.model is Event and self.column in {"kind", "verb"})
        return (self.model, self.column, self.after) if is_one_of_few and self.how is not DELETED else None


def tables():
    """The models of all tables, by name; sessions apart, which each visit writes."""
    return {model._meta.db_table: model for model in apps.get_models() if model is not Session}


def everything():
    """Every row of every table, by its key."""
    return {model: rows_of(model) for model in tables().values()}


def rows_of(model):
    return {row[0]: row for row in model._base_manager.values_list(*_columns(model))}


def _columns(model):
    return [model._meta.pk.attname, *(each.attname for each in model._meta.concrete_fields if not each.primary_key)]


class Watch:
    """Wraps the execution of statements, and looks again only at those tables that were written."""

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
    """Knows what each page writes when it is used as it is meant to be."""

    def __init__(self):
        self.seen = defaultdict(set)  # by page
        self.values = set()
        self.system = User.objects.system().pk

    def learn(self, address, before, after):
        made = list(changes(before, after))
        self.seen[page_at(address)] |= {change.what for change in made}
        self.values |= {change.value for change in made}

    def settle(self):
        """To end learning: whatever page hears of a payment does with it all that any other such page does."""
        hearing = [page for page, seen in self.seen.items() if (Order, CHANGED, "status") in seen]
        for page in hearing:
            self.seen[page] = set().union(*(self.seen[each] for each in hearing))

    def faults(self, address, user, before, after):
        """A sentence for each column that `user` (None: nobody) should not have been able to change there."""
        made = list(changes(before, after))
        if not made:
            return
        page = page_at(address)
        own = own_fields(address) if page else frozenset()
        for change in made:
            if reason := self._why_not(change, page, own) or self._why_not_by(change, address, own, user):
                yield f"{reason}: {change}"

    def _why_not(self, change, page, own):
        """What is wrong with it, whoever did it."""
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
            return "no page sets it so"
        if MARKS["text"] in str(change.after) or str(change.after)[:10] in MARKS.values():
            return "no field of the form"
        if (change.model, change.column, change.how) == (CAS, "version", CHANGED) and change.after != change.before + 1:
            return "not the next version"
        return ""

    def _why_not_by(self, change, address, own, user):
        """What is wrong with it if this user did it."""
        view = resolve(address.partition("?")[0]).func
        if change.model is Draft:
            return _why_not_draft(change, view)
        if not getattr(view, "login_required", True):
            user = None
        elif user is None:
            return "nobody has signed in"
        elif (user.role == Role.CASEWORKER) is not address.startswith("/admin/"):
            return "it is not theirs to do"
        field = change.model._meta.get_field(change.column)
        if field.related_model is User and change.how is ADDED and change.after is not None:
            doers = {self.system, user.pk} if user else {self.system}
            return "" if change.after in doers else "not who did it"
        is_fixed = change.how is not ADDED or field.related_model is Licence
        if user is None or user.licence_id is None or not is_fixed:
            return ""
        licence = change.after if change.how is ADDED else change.row.get("licence_id", user.licence_id)
        owner = change.row.get("owner_id", user.pk) if user.role == Role.LEVEL_2 else user.pk
        return "" if (licence, owner) == (user.licence_id, user.pk) else "not theirs"


def _why_not_draft(change, view):
    """A draft is private: it belongs to whoever the page was drawn for, and holds what the form may hold."""
    if not hasattr(view, "draft_parameters"):
        return "no form that keeps drafts"
    if change.column == "data" and not set(change.after or ()) <= set(view.draft_parameters()):
        return "no field of the form"
    return "" if change.how is not CHANGED or change.column in {"data", "kept_at", "done_at"} else "not of a draft"
