"""Templates, our schema with examples, and all codes of results are on pages (specification, section 11)."""

import io

import openpyxl
import pytest
from lxml import etree

from bulk_data_transfer import codes
from bulk_data_transfer.sheets import opening
from cas.details import fields
from licences.routes import Route
from tests.pages import Page

pytestmark = pytest.mark.django_db

FILES = "/students/bulk-data-transfer/"


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


@pytest.fixture
def page(client):
    return Page(client.get(Page(client.get(FILES)).link("Templates and formats")))


def test_a_template_for_each_route_is_read_as_it_is_sent(client, page):
    for route in Route:
        answer = client.get(page.link(f"Template for the {route.label} route (XLSX)"))
        assert answer["Content-Disposition"].endswith('.xlsx"')
        assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames == ["CAS", "Notes", "Codes"]
        found = opening.taken_for(io.BytesIO(answer.content))
        assert found.names == [field.name for field in fields.fields_for(route)]


def test_the_examples_are_valid_by_the_schema_that_is_published_beside_them(client, page):
    published = client.get(page.link("Schema of our own format (XSD)"))
    schema = etree.XMLSchema(etree.fromstring(published.content))
    for route in Route:
        example = client.get(page.link(f"Example for the {route.label} route (XML)"))
        assert example["Content-Type"] == "application/xml"
        schema.assertValid(etree.fromstring(example.content))


def test_nothing_is_published_under_the_namespaces_of_the_home_office(client, page):
    for words in ("Schema of our own format (XSD)", "Example for the Student route (XML)"):
        assert b"homeoffice" not in client.get(page.link(words)).content


def test_every_code_of_a_result_is_listed_with_its_sentence(client, page):
    text = Page(client.get(page.link("All codes of errors and warnings"))).main.text
    for group in codes.groups().values():
        for each in group:
            assert f"{each.code}{each.sentence}" in text.replace(f"{each.code} ", each.code), each.code
    assert "files.upload_not_found" not in text


def test_a_route_that_does_not_exist_has_no_template_and_no_example(client):
    for kind in ("template", "example"):
        assert client.get(f"{FILES}formats/{kind}/TOURIST/").status_code == 404
