"""Printing: one CAS as a tagged PDF/UA, and a thousand on all cores (goal P8).

The portal is compared with a lean page of the same text by the same WeasyPrint: untagged, two columns in a plain font
and nothing else. There are two lean pages. `a lean page` is made in the usual way, with
`HTML(...).write_pdf(stylesheets=[CSS(...)])`, and the goal applies to it. `a lean page, fonts kept` keeps its style
sheet and fonts from one page to the next, as the portal does. It is the floor, and shows how much the tags and the
design cost. The second race prints a thousand CAS, each with its line of history, on all cores and one after another.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db import transaction
from django.template import engines
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from benchmarks.races import Count, Goal, Race
from benchmarks.rows import largest_sponsor
from cas.details import fields
from cas.models import CAS
from cas.printing import document as printing
from licences.models import User
from licences.roles import Role
from sms.core.pdf import pdf

ONE = "the printed CAS"
KEPT = "a lean page, fonts kept"
LEAN = "a lean page"
ALL_CORES = "many CAS on all cores"
ONE_BY_ONE = "one after another"
MANY = 1000

STYLE = """
@page { size: A4; margin: 18mm; @bottom-right { content: counter(page) } }
html { font: 9.5pt/13pt "Liberation Sans", sans-serif }
h1, h2, p { margin: 0 }
h1 { font-size: 21pt }
h2 { margin-top: 6mm; font-size: 11pt }
table { width: 100%; table-layout: fixed; border-spacing: 0 }
th, td { padding: 1mm 0; text-align: left; vertical-align: top; font-weight: normal }
th { width: 64mm }
td { white-space: pre-line }
"""
PAGE = """<!doctype html><html lang="en-GB"><title>CAS</title><body>
<p>{{ cas.licence.name }}</p><p>Sponsor licence number {{ cas.licence.number }}</p>
<h1>Confirmation of Acceptance for Studies</h1>
<p>CAS number</p><p>{{ cas.number }}</p><p>{{ cas.student_name }}</p>
<table><tr><td>Status</td>{% for label, day in dates %}<td>{{ label }}</td>{% endfor %}</tr>
<tr><td>{{ cas.status }}</td>{% for label, day in dates %}<td>{{ day | date }}</td>{% endfor %}</tr></table>
{% for section, rows in sections %}<h2>{{ section.name }}</h2><table>
{% for label, text in rows %}<tr><th>{{ label }}</th><td>{{ text }}</td></tr>{% endfor %}</table>{% endfor %}
<p>Printed by {{ by }}. This is not a government document.</p>
<p>It is a printout of a record in an independent implementation of the Sponsorship Management System.</p>
"""


def prepare() -> Iterator[Race | Count]:
    by = User.objects.get(licence=largest_sponsor(), role=Role.LEVEL_1)
    assigned = CAS.objects.filter(licence=by.licence).exclude(number=None).select_related("licence").order_by("-pk")
    cas = assigned[0]
    yield Race(
        {
            ONE: lambda: pdf(printing.page(cas, by=by), title=printing.title(cas)),
            KEPT: lambda: lean(cas, by),
            LEAN: lambda: lean_unkept(cas, by),
        },
        [Goal(ONE, LEAN, at_most=1.1), Goal(ONE, KEPT)],
    )
    yield Race(
        {ALL_CORES: lambda: all_cores(assigned, by), ONE_BY_ONE: lambda: one_by_one(assigned, by)},
        [Goal(ALL_CORES, ONE_BY_ONE, faster_by=1.9)],
        seconds=300,
        is_here=False,
    )


def lean(cas: CAS, by: User) -> bytes:
    style, fonts = _kept()
    return HTML(string=_page(cas, by)).write_pdf(stylesheets=[style], font_config=fonts)


def lean_unkept(cas: CAS, by: User) -> bytes:
    return HTML(string=_page(cas, by)).write_pdf(stylesheets=[CSS(string=STYLE)])


@cache
def _kept() -> tuple[CSS, FontConfiguration]:
    fonts = FontConfiguration()
    return CSS(string=STYLE, font_config=fonts), fonts


def _page(cas: CAS, by: User) -> str:
    given = {"cas": cas, "by": by, "dates": printing.dates(cas), "sections": fields.displayed(cas)}
    return _template().render(given)


@cache
def _template() -> Any:
    return engines["jinja2"].env.from_string(PAGE)


def all_cores(assigned: Any, by: User) -> None:
    with transaction.atomic():
        for _ in printing.print_many(assigned[:MANY].iterator(), by=by):
            pass
        transaction.set_rollback(True)


def one_by_one(assigned: Any, by: User) -> None:
    with transaction.atomic():
        for cas in assigned[:MANY].iterator():
            printing.printed(cas, by=by)
        transaction.set_rollback(True)
