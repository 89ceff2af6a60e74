"""Nothing in a file can hurt (section 11): entities, document types, deep nesting, encodings, a million errors."""

import tracemalloc
from io import BytesIO

import pytest
from lxml import etree

from bulk_data_transfer.xml import parsing, reading
from bulk_data_transfer.xml.names import COMMON, OURS, UPLOAD
from bulk_data_transfer.xml.opening import opening
from bulk_data_transfer.xml.parsing import MOST_BYTES
from bulk_data_transfer.xml.reading import records
from sms.core.refused import Refused
from tests.bulk_data_transfer.xml.files import LEAST, STUDENT, codes, ours, read, read_one, v2_1


def refused(file):
    """Return the code that the file is refused with."""
    with pytest.raises(Refused) as found:
        read(file)
    return found.value.code


LAUGHS = "".join(f"<!ENTITY a{number} '{f'&a{number - 1};' * 10}'>" for number in range(1, 12))
BILLION = f"<!DOCTYPE BulkDataCAS [<!ENTITY a0 'ha'>{LAUGHS}]>"
OUTSIDE = "<!DOCTYPE BulkDataCAS [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"


@pytest.mark.parametrize(
    "declaration",
    [
        BILLION,
        OUTSIDE,
        "<!DOCTYPE BulkDataCAS>",
        "<!DOCTYPE BulkDataCAS SYSTEM 'file:///etc/passwd'>",
        "<!DOCTYPE BulkDataCAS PUBLIC 'x' 'http://127.0.0.1:9/x.dtd'>",
        f"<!-- {'x' * 70_000} --><!DOCTYPE BulkDataCAS [<!ENTITY x 'y'>]>",
    ],
)
@pytest.mark.parametrize("name", ["Silva", "&a11;", "&x;"])
def test_a_document_type_refuses_the_file(declaration, name):
    assert refused(ours(LEAST.replace("Silva", name), declaration=declaration)) == "files.document_type"


def test_without_the_check_of_document_types_such_a_file_would_be_read(monkeypatch):
    monkeypatch.setattr(parsing, "_check_document", lambda root: None)
    file = ours(LEAST, declaration="<!DOCTYPE BulkDataCAS [<!ENTITY x 'y'>]>")
    assert read_one(file).given == {"family_name": "Silva"}


def test_a_document_type_outside_the_file_is_not_even_opened(tmp_path):
    outside = tmp_path / "outside.dtd"
    outside.write_text("this is not a document type")
    file = ours(LEAST, declaration=f"<!DOCTYPE BulkDataCAS SYSTEM '{outside.as_uri()}'>")
    assert refused(file) == "files.document_type"
    with pytest.raises(etree.XMLSyntaxError, match="external subset"):
        etree.fromstring(file, etree.XMLParser(load_dtd=True))


def test_a_billion_laughs_in_an_attribute_refuse_the_file():
    assert refused(ours(LEAST.replace("<CAS>", '<CAS a="&a11;">'), declaration=BILLION)) == "files.document_type"


def test_an_unknown_entity_refuses_the_file():
    assert refused(ours(LEAST.replace("Silva", "&x;"))) == "files.not_xml"


def test_an_inclusion_is_not_followed():
    include = '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    record = read_one(ours(LEAST.replace("Silva", include)))
    assert codes(record.faults) == ["files.not_expected"]
    assert record.given == {}


def test_the_place_of_a_schema_is_not_followed():
    hint = 'xsi:schemaLocation="urn:x file:///etc/passwd" xsi:noNamespaceSchemaLocation="http://127.0.0.1:9/x.xsd"'
    assert read_one(ours(LEAST.replace("<CAS>", f"<CAS {hint}>"))).given == {"family_name": "Silva"}


def test_deep_nesting_refuses_the_file():
    assert refused(ours("<CAS>" * 300 + "</CAS>" * 300)) == "files.too_deep"
    assert refused(b"<a>" * 10_000) == "files.too_deep"
    assert codes(read_one(ours("<CAS>" * 100 + "</CAS>" * 100)).faults) == ["files.not_expected"]


@pytest.mark.parametrize("length", [0, 1, 50, 150, 700])
def test_a_truncated_file_is_refused(length):
    file = ours(LEAST, LEAST, LEAST, LEAST, LEAST, LEAST, LEAST, LEAST, LEAST, LEAST)
    assert refused(file[:length]) == "files.not_xml"


@pytest.mark.parametrize(
    "file",
    [
        b"PK\x03\x04" + bytes(100),
        b"family name,given names\nSilva,Ana\n",
        ours(LEAST.replace("Silva", "Sil\0va")),
        ours(LEAST.replace("Silva", "Sil&#0;va")),
        ours(LEAST.replace("Silva", "Sil&#xD800;va")),
        ours(LEAST.replace("Silva", "Sil\x1bva")),
        ours(LEAST) + b"<more/>",
        ours(LEAST).replace(b"</CAS>", b"</cas>"),
        b"\n" + ours(LEAST, declaration='<?xml version="1.0"?>'),
    ],
)
def test_what_is_not_xml_is_refused(file):
    assert refused(file) == "files.not_xml"


@pytest.mark.parametrize(
    "file",
    [
        ours(LEAST).decode().encode("utf-16"),
        ours(LEAST).decode().encode("utf-32"),
        ours(LEAST, declaration='<?xml version="1.0" encoding="UTF-7"?>'),
        ours(LEAST, declaration='<?xml version="1.0" encoding="nonsense"?>'),
        ours(LEAST, declaration='<?xml version="1.0" encoding="cp037"?>').decode().encode("cp037"),
        ours(LEAST.replace("Silva", "Zoë")).decode().encode("latin-1"),
    ],
)
def test_other_encodings_are_refused(file):
    assert refused(file) == "files.encoding"


def test_a_byte_order_mark_is_no_fault():
    assert read_one(b"\xef\xbb\xbf" + ours(LEAST.replace("Silva", "Zoë"))).given == {"family_name": "Zoë"}


@pytest.mark.parametrize(
    "root",
    ["<html/>", f'<CAS xmlns="{OURS}"/>', "<BulkDataCAS/>", f'<BulkFileUploadOtherRootElement xmlns="{UPLOAD}"/>'],
)
def test_another_root_is_refused(root):
    assert refused(root.encode()) == "files.unknown_root"


def test_the_category_must_agree_with_the_root_and_the_schema():
    assert refused(v2_1(STUDENT).replace(b">General<", b">Child<")) == "files.wrong_category"
    assert refused(v2_1(STUDENT).replace(b"T4General", b"T4Child")) == "files.wrong_category"


def test_a_header_that_is_missing_or_wrong_is_refused():
    assert refused(v2_1(STUDENT, header="")) == "files.no_header"
    for wrong in (
        (b"Intake 1", b"?"),
        (b"Tier 4", b"Tier 2"),
        (b"ABCD12349", b"abc"),
        (b"<TierID>Tier 4</TierID>", b""),
    ):
        assert refused(v2_1(STUDENT).replace(*wrong)) == "files.wrong_header"
    assert refused(ours(LEAST, header="<Header><Category>Adult</Category></Header>")) == "files.wrong_header"


def test_a_record_without_an_end_in_sight_refuses_the_file():
    for endless in ("<x/>" * MOST_BYTES, " " * 2 * MOST_BYTES, f"<CAS>{'<x/>' * MOST_BYTES}</CAS>"):
        assert refused(ours(LEAST, endless, LEAST)) == "files.too_long_record"
    assert refused(f'<Header xmlns="{COMMON}">'.encode() + b"<x/>" * MOST_BYTES) == "files.unknown_root"


def test_without_the_limit_a_record_could_fill_the_memory(monkeypatch):
    monkeypatch.setattr(parsing, "MOST_BYTES", 10 * MOST_BYTES)
    assert codes(read_one(ours(f"<CAS>{'<x/>' * MOST_BYTES}</CAS>")).faults) == ["files.not_expected"]


def test_a_record_is_taken_out_of_the_tree_before_the_next_one_is_read():
    stream = BytesIO(ours(LEAST, "<x/>", LEAST, LEAST, header="<Header/>"))
    opened = opening(stream)
    for child in reading._children(stream, opened.root):
        assert [each.tag for each in child.itersiblings(preceding=True)] in ([], [opened.root.header])


def test_very_many_faults_and_unknown_elements_of_a_record_take_little_time():
    attributes = " ".join(f"a{number}=''" for number in range(5000))
    many = f"<FamilyName {attributes}>A</FamilyName>{'<z/>' * 20_000}<y>{'<z/>' * 20_000}</y>"
    faults = read_one(v2_1(STUDENT.replace("<FamilyName>Silva</FamilyName>", many))).faults
    assert codes(faults) == ["files.unknown_attribute"]
    assert codes(read_one(ours(LEAST.replace("<FamilyName>Silva</FamilyName>", many))).faults) == [
        "files.unknown_attribute",
        "files.not_expected",
    ]


def peak(file):
    """Return the most memory, in bytes of Python objects, that it takes to read a file record by record."""
    stream = BytesIO(file)
    opened = opening(stream)
    tracemalloc.start()
    try:
        for _ in records(stream, opened):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.once
@pytest.mark.parametrize("cas", [LEAST, LEAST.replace("Silva", "x" * 100), f"<CAS/>{' ' * 200}", "<cas/>" * 10 + LEAST])
def test_the_memory_does_not_grow_with_the_records_and_their_faults(cas):
    few, many = (peak(ours(*[cas] * (size // len(cas)))) for size in (100_000, 400_000))
    assert many < few * 1.5 + 100_000
