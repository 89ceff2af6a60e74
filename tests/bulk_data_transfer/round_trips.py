"""Take CAS out of the portal as a file, send the file, and import it: for both forms of the round trips."""

import io
import itertools

from hypothesis import strategies as st

from bulk_data_transfer.sending import send
from bulk_data_transfer.sheets.cells import EXCEL_ERRORS, SHORTENED
from bulk_data_transfer.xml import layout
from cas.details import fields
from cas.models import CAS
from cas.models.values import checked as details_of
from licences.routes import Route
from sms.core.partial_dates import PartialDate
from tests.bulk_data_transfer.factories import checked, content_of, exported, imported, rows_in
from tests.cas.models.test_any_values import right
from tests.factories import CHILD, COMPLETE

WHOLE = {Route.STUDENT: COMPLETE, Route.CHILD_STUDENT: CHILD}
FORMATS = ("csv", "xlsx", "xml")
UPLOADS = {Route.STUDENT: "v2_1-student", Route.CHILD_STUDENT: "v2_1-child_student"}

_BORN = st.builds(PartialDate.of, st.integers(1930, 2020), st.integers(1, 12), st.integers(1, 28))
_AS_A_FORMULA = st.text(st.sampled_from("=+-@'1a "), min_size=1, max_size=9)
_numbers = itertools.count(1)


def _values_of(field):
    if field.kind == "partial date":
        return right(field) | _BORN
    if field.kind in {"text", "long text"}:
        return (right(field) | _AS_A_FORMULA).filter(_is_meant)
    return right(field)


def _is_meant(text):
    """Return whether a sheet takes this text. It refuses what Excel shows instead of a value, such as #NAME?."""
    return text.strip() not in EXCEL_ERRORS and not SHORTENED.fullmatch(text.strip())


ANY = {field.name: _values_of(field) for field in fields.FIELDS if field.name != "route"}


def _savable(values, route):
    """Return the values without those that cannot be saved together."""
    errors = details_of({**values, "route": route})[1]
    kept = {name: value for name, value in values.items() if name not in errors} | {"family_name": "Ng"}
    if not errors:
        return values
    return {"family_name": "Ng"} if kept == values else _savable(kept, route)


def records_of(route):
    """Return a strategy for the values of a CAS of this route: any values, alone or on top of a complete CAS.

    Half of the CAS have only a few values that differ from those of the start, so v2.1 can hold some of them.
    """
    of_route = {field.name for field in fields.fields_for(route)}
    some = st.fixed_dictionaries({}, optional={name: drawn for name, drawn in ANY.items() if name in of_route})
    pairs = [st.tuples(st.just(name), drawn) for name, drawn in ANY.items() if name in of_route]
    few = st.lists(st.one_of(pairs), max_size=4).map(dict)
    whole = WHOLE[route] | {"applicant_id": "S1", "course_id": "L1"}
    start = st.sampled_from([{"family_name": "Ng"}, whole, whole])
    return st.builds(lambda whole, values: _savable({**whole, **values}, route), start, some | few)


def details(cas):
    return {field.name: getattr(cas, field.name) for field in fields.FIELDS}


def saved(records, route, by):
    """Save these records as CAS, and return them in their order."""
    many = [details_of({**values, "route": route})[0] for values in records]
    ids = CAS.objects.add_many(many, route=route, by=by)
    found = CAS.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def sent_again(export, by):
    """Import the file of an export as new CAS, and return them in the order of the file."""
    name = f"Trip {next(_numbers)}"
    upload = send(io.BytesIO(content_of(export)), name=name, by=by)
    upload = imported(checked(upload), which="INCOMPLETE_TOO", has_duplicates=True, batch_name=name)
    assert upload.refusal == "", upload.refusal
    assert {row.outcome for row in rows_in(upload)} <= {"GOOD", "INCOMPLETE"}, [row.faults for row in rows_in(upload)]
    made = CAS.objects.in_bulk([row.cas_pk for row in rows_in(upload)])
    return [made[row.cas_pk] for row in rows_in(upload)]


def changed_by(made, again):
    """Return the fields whose values differ between CAS and the CAS that were imported from them."""
    assert len(again) == len(made)
    return {
        name: (value, details(new)[name])
        for old, new in zip(made, again, strict=True)
        for name, value in details(old).items()
        if details(new)[name] != value
    }


def lost_by(records, route, file_format, by, *, has_codes=False):
    """Save these records, export and import them, and return the fields that changed on the way."""
    made = saved(records, route, by)
    columns = ["route", *(field.name for field in fields.FIELDS)]
    again = sent_again(exported(made, by, file_format=file_format, columns=columns, has_codes=has_codes), by)
    return changed_by(made, again)


def lost_by_v2_1(records, route, by):
    """Return how many of these records v2.1 can hold, and the fields of them that changed on the way.

    Where a text is spelled in another way, or an answer is one that v2.1 demands, the second file must be as the first.
    """
    made = saved(records, route, by)
    first = exported(made, by, file_format=UPLOADS[route])
    if not first.written:
        return 0, {}
    again = sent_again(first, by)
    second = exported(again, by, file_format=UPLOADS[route])
    assert (second.left_out, _records(second)) == ([], _records(first)), second.left_out
    held = {leaf.key for leaf in layout.leaves(layout.v2_1(route))}
    changes = {each["cas"]: each for each in first.left_out}
    pairs = zip((cas for cas in made if not changes.get(cas.pk, {}).get("is_left_out")), again, strict=True)
    lost = {}
    for old, new in pairs:
        spelled = {remark[0] for remark in changes.get(old.pk, {}).get("remarks", ())}
        spelled |= {line for name in spelled if "_address_line_" in name for line in _lines_with(name)}
        for name in held - spelled:
            if not _is_same(name, details(old), details(new)):
                lost[name] = (details(old)[name], details(new)[name])
    return first.written, lost


def _is_same(name, old, new):
    """Return whether a value came back. An address loses its empty lines, and 0 and No may mean no answer."""
    if "_address_line_" in name:
        lines = _lines_with(name)
        return [old[line] for line in lines if old[line]] == [new[line] for line in lines if new[line]]
    return new[name] == old[name] or (new[name] is None and not old[name])


def _lines_with(name):
    return [f"{name[:-1]}{number}" for number in (1, 2, 3)]


def _records(export):
    return content_of(export).partition(b"</Header>")[2]
