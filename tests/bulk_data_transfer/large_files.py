"""A large upload file of schema v2.1, as a student-record system writes it."""

from bulk_data_transfer.xml import writing_v2_1
from cas.details import fields
from licences.routes import Route
from tests.factories import COMPLETE

WITHOUT_ACCENTS = {"family_name": "Nguyen", "given_names": "Thi Minh"}


def v2_1_of(number, licence_number, *, file_id="AUTUMN-1", **wrong):
    """Return a file with this many records of different applicants.

    `wrong` has texts by number of record: pairs of what to replace in it, and by what.
    """
    values = {field.name: field.empty for field in fields.FIELDS} | COMPLETE | WITHOUT_ACCENTS
    values |= {"route": "STUDENT", "is_accommodation_provided": False, "accommodation_fees_paid": 0}
    names = [field.name for field in fields.FIELDS]
    write = writing_v2_1.writer(Route.STUDENT, names)
    records = []
    for each in range(1, number + 1):
        values |= {"applicant_id": f"S{each:05}", "passport_number": f"P{each:07}"}
        written = write([values[name] for name in names])
        assert written.reasons == [], written.reasons
        old, new = wrong.get(f"record_{each}", ("", ""))
        assert old in written.text
        records.append(written.text.replace(old, new))
    opening = writing_v2_1.opening(route=Route.STUDENT, file_id=file_id, licence_number=licence_number)
    return (opening + "".join(records) + writing_v2_1.closing(Route.STUDENT)).encode(writing_v2_1.ENCODING)
