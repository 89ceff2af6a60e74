"""Every valid record is read without a fault of form, in all forms that XML Schema allows (section 11)."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bulk_data_transfer.xml import layout, nodes
from bulk_data_transfer.xml.names import COMMON, OURS, XSI
from bulk_data_transfer.xml.opening import opening
from bulk_data_transfer.xml.reading import records
from cas.details import fields
from cas.details.partial_dates import CASPartialDate
from cas.details.types import CASDate, CASHours, CASMoney, CASNumber, CASYesNo
from licences.routes import Route
from tests.bulk_data_transfer.xml.files import STUDENT, v2_1
from tests.bulk_data_transfer.xml.test_writing import RECORDS, in_our_format, read_again

pytestmark = pytest.mark.once  # it does not depend on the database


def written_otherwise(element, field, random):
    """Write the value of an element in another form that means the same."""
    text = element.text
    if isinstance(field, CASYesNo) or field.name == "attendance":
        text = random.choice([text, {"true": "1", "false": "0"}[text]])
    elif isinstance(field, CASDate):
        text += random.choice(["", "Z", "+00:00", "-14:00", "+05:30"])
    elif isinstance(field, CASMoney | CASHours):
        text = random.choice(["", "+"]) + "0" * random.randrange(3) + text
        text += "0" * random.randrange(3) if "." in text else random.choice(["", ".", ".0"])
    elif isinstance(field, CASNumber):
        text = random.choice(["", "+"]) + "0" * random.randrange(3) + text
    else:
        return
    space = ["", " ", "\n\t", "\r\n  "]
    element.text = random.choice(space) + text + random.choice(space)


def file_written_otherwise(file, tree, namespace, random):
    """Return the file with other forms of its values, with comments, CDATA and the names of types."""
    root, encoding = etree.fromstring(file), random.choice(["UTF-8", "ISO-8859-1"])
    record = root[-1]
    found = []
    nodes.find_leaves(record, nodes.nodes_of(tree, namespace), found)
    for leaf, element in found:
        if leaf.field is None:
            continue
        if isinstance(leaf.field, CASPartialDate):
            element[0].text = f"\n {element[0].text} "
            element.text = "\n"
            continue
        written_otherwise(element, leaf.field, random)
        if element.text and "\r" not in element.text and encoding == "UTF-8" and random.random() < 0.3:
            element.text = etree.CDATA(element.text)
        if random.random() < 0.2:
            element.append(etree.Comment("a comment"))
            element.append(etree.ProcessingInstruction("a", "b"))
    record.addprevious(etree.Comment("a comment"))
    return etree.tostring(root, encoding=encoding)


def read_record(file):
    stream = BytesIO(file)
    return next(records(stream, opening(stream)))


@settings(max_examples=60, deadline=None)
@given(RECORDS, st.randoms(use_true_random=False))
def test_our_records_mean_the_same_in_every_form(values, random):
    record = read_record(file_written_otherwise(in_our_format(values), layout.ours(), OURS, random))
    assert record.faults == []
    assert read_again(record) == values


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_records_of_v2_1_mean_the_same_in_every_form(random):
    file = file_written_otherwise(v2_1(STUDENT), layout.v2_1(Route.STUDENT), COMMON, random)
    record = read_record(file)
    assert record.faults == []
    assert read_again(record) == read_again(read_record(v2_1(STUDENT)))


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from([field.name for field in fields.FIELDS])), st.sampled_from(["true", "1", " true "]))
def test_any_element_of_our_format_but_the_family_name_can_be_nil(names, nil):
    root = etree.fromstring(in_our_format({field.name: field.empty for field in fields.FIELDS} | {"family_name": "A"}))
    block = layout.ours()
    cas = root[-1]
    cas.clear()
    _add_nil(cas, block, names, nil)
    record = read_record(etree.tostring(root))
    assert record.faults == []
    assert record.given == {"family_name": "Silva"}


def _add_nil(parent, block, names, nil):
    for part in block.parts:
        element = etree.SubElement(parent, f"{{{OURS}}}{part.name}")
        if isinstance(part, layout.Block):
            _add_nil(element, part, names, nil)
        elif part.key == "family_name":
            element.text = "Silva"
        elif part.key in names:
            element.set(f"{{{XSI}}}nil", nil)
        else:
            parent.remove(element)
