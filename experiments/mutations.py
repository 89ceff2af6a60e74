"""Good bulk files with a few strange changes: to values, to the structure, or to bytes. All depends on the `Random`."""

import io
import re
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from bulk_data_transfer.columns import label_of
from bulk_data_transfer.operation import CREATE, FEES, REPORT, WITHDRAW
from bulk_data_transfer.xml.examples import example
from cas.models import CAS
from experiments import fuzzing
from licences.routes import Route
from tests.bulk_data_transfer.factories import a_record, sheet
from tests.bulk_data_transfer.sheets.making import xlsx_of
from tests.bulk_data_transfer.xml.files import HEADER, STUDENT, v2_1

LICENCE = "4NUV7KB58"
RECORDS = 3
TAGS = ["<x/>", "</CAS>", "<CAS>", "<!-- -->", "<?a b?>", "<![CDATA[x]]>", "&amp;", "&x;", "&#0;", "&#xD800;", "<a:b/>"]
WORDS = ["Tourist", "31/02/2026", "'", "-", "Yes", 7, 1e300, True, *fuzzing.TEXTS]
LONG = ["x" * 300, "é" * 5_000, "<a>" * 300, "x" * 300_000]


def strange(rng):
    """Return a strange text."""
    return rng.choice([*fuzzing.TEXTS, *LONG])


def escaped(text):
    """Return a text as a value in XML, without the characters that XML cannot hold."""
    text = re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    return text.replace("&", "&amp;").replace("<", "&lt;")


def bytes_changed(rng, content):
    """Cut, repeat, insert or overwrite some bytes."""
    first, second = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    second = min(second, first + rng.choice((1, 10, 1_000)))
    inserted = rng.choice([*fuzzing.BYTES, b"\0", b"\xff\xfe", strange(rng).encode("utf-8", "surrogatepass")])
    return rng.choice(
        (
            content[:first],
            content[:first] + content[second:],
            content[:second] + content[first:second] * rng.choice((1, 3, 50)) + content[second:],
            content[:first] + inserted + content[first:],
            content[:first] + inserted + content[first + len(inserted) :],
        )
    )


def xml_changed(rng, text):
    """Change values, or add, take out or repeat elements."""
    for _ in range(rng.choice((1, 1, 2, 5))):
        kind = rng.random()
        if kind < 0.6:
            values = list(re.finditer(r">([^<>]+)<", text))
            found = rng.choice(values)
            text = text[: found.start(1)] + escaped(strange(rng)) + text[found.end(1) :]
        elif kind < 0.8:
            elements = list(re.finditer(r"<(\w+)>[^<>]*</\1>", text))
            found = rng.choice(elements)
            text = text[: found.start()] + rng.choice(("", found[0] * 2)) + text[found.end() :]
        else:
            place = rng.choice(list(re.finditer(">", text))).end()
            text = text[:place] + rng.choice(TAGS) + text[place:]
    return text


def records(rng, number):
    """Return records with strange values, and sometimes with strange headings."""
    found = [a_record(f"S{number}-{each}") for each in range(RECORDS)]
    for _ in range(rng.choice((0, 1, 1, 3, 10))):
        record = rng.choice(found)
        record[rng.choice(list(record))] = strange(rng)
    if rng.random() < 0.2:
        old, new = rng.choice(list(found[0])), strange(rng)
        found = [{new if name == old else name: value for name, value in record.items()} for record in found]
    return found


def a_v2_1(rng, number):
    header = HEADER.replace("Intake 1", f"Intake {number}").replace("ABCD12349", LICENCE)
    cas = [STUDENT.replace("T-1", f"T-{number}-{each}") for each in range(RECORDS)]
    encoding = rng.choice(("UTF-8", "ISO-8859-1"))
    text = v2_1(*cas, header=header, encoding=encoding).decode(encoding)
    return mixed(rng, xml_changed(rng, text).encode(encoding, "xmlcharrefreplace"))


def ours(rng, number):
    text = example(Route.STUDENT)
    cas = re.search(r"<CAS>.*</CAS>", text, re.DOTALL)[0]
    several = "".join(cas.replace("S-000123", f"U-{number}-{each}") for each in range(RECORDS))
    return mixed(rng, xml_changed(rng, text.replace(cas, several)).encode())


def a_csv(rng, number):
    content = sheet(*records(rng, number), delimiter=rng.choice(",;\t")).getvalue()
    encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16"))
    return mixed(rng, content.decode().encode(encoding, "replace"))


def an_xlsx(rng, number):
    found = records(rng, number)
    names = list(found[0])
    content = xlsx_of(names, *([record.get(name, "")[:32_000] for name in names] for record in found)).getvalue()
    return parts_changed(rng, content) if rng.random() < 0.3 else mixed(rng, content)


def changes(rng, number):
    """Return a sheet that updates fees, reports activity or withdraws CAS, with strange values."""
    values = rng.choice(
        (
            {"Course fees paid to date (£)": "7"},
            {
                "Activity type": "Student delayed",
                "Reason": "Other",
                "Expected enrolment date": "14/09/2026",
                "Notes": "x",
            },
            {"Reason for withdrawing": "A mistake"},
            {
                "Activity type": "Stop sponsoring student",
                "Reason": "Other",
                "Date": "14/09/2026",
                "Details": f"{number}",
            },
        )
    )
    live = list(CAS.objects.exclude(number=None).values_list("number", flat=True))
    found = [{"CAS number": each, **values} for each in rng.sample(live, RECORDS)]
    for _ in range(rng.choice((0, 1, 1, 3))):
        record = rng.choice(found)
        record[rng.choice(list(record))] = strange(rng)
    return mixed(rng, sheet(*found).getvalue())


def wrong_words(rng, number):
    """Return a sheet with each column of an operation, and for each column a record with a wrong word in it."""
    operation = rng.choice((CREATE, CREATE, FEES, REPORT, WITHDRAW))
    if operation is CREATE:
        names, good = operation.columns, {**a_record(f"W{number}"), "route": "Student"}
        found = [{**good, "applicant_id": f"W{number}-{each}"} for each in range(len(names))]
    else:
        names = [label_of(name) for name in operation.columns]
        live = list(CAS.objects.exclude(number=None).values_list("number", flat=True))
        good = {}
        found = [{"CAS number": each} for each in rng.sample(live, len(names))]
    found = [good, *({**record, name: rng.choice(WORDS)} for record, name in zip(found, names, strict=True))]
    if rng.random() < 0.5:
        return sheet(*found, headings=names).getvalue()
    return xlsx_of(names, *([record.get(name, "") for name in names] for record in found)).getvalue()


def parts_changed(rng, content):
    """Change a part of an archive: its bytes, or its text as XML."""
    changed = io.BytesIO()
    try:
        with ZipFile(io.BytesIO(content)) as old, ZipFile(changed, "w", ZIP_DEFLATED) as new:
            wanted = rng.choice(old.namelist())
            for name in old.namelist():
                part = old.read(name)
                if name == wanted:
                    part = bytes_changed(rng, part) if rng.random() < 0.5 else xml_changed_part(rng, part)
                new.writestr(name, part)
    except BadZipFile:
        return content
    return changed.getvalue()


def xml_changed_part(rng, part):
    """Put a tag, a strange number or a strange attribute into a part."""
    text = part.decode()
    places = list(re.finditer(r'(?<==")[^"]*(?=")', text))
    found = rng.choice(places)
    return (text[: found.start()] + escaped(strange(rng)).replace('"', "") + text[found.end() :]).encode()


def mixed(rng, content):
    """Change bytes too, in a quarter of the files."""
    return bytes_changed(rng, content) if rng.random() < 0.25 else content


FORMATS = {
    "v2.1.xml": a_v2_1,
    "ours.xml": ours,
    "csv": a_csv,
    "xlsx": an_xlsx,
    "changes.csv": changes,
    "words.csv": wrong_words,
}
