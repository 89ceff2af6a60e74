"""Refusals have a code, a status and a sentence. Programs get them in the format of RFC 9457."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from sms.core.refused import InvalidValues, NotAllowed, NotThere, Refusal, Refused

LATE = Refusal("tests.too_late", 409, "The {what} closed on {day}.")


def test_the_exception_has_the_sentence_filled_in_and_the_code_and_status():
    refused = LATE(what="list", day="1 May")
    assert (str(refused), refused.code, refused.status) == ("The list closed on 1 May.", "tests.too_late", 409)


def test_braces_in_values_are_kept_as_typed():
    assert str(LATE(what="{day}", day="1 May")) == "The {day} closed on 1 May."


def test_a_missing_part_of_the_sentence_is_an_error():
    with pytest.raises(KeyError):
        LATE(what="list")


def test_the_status_decides_the_class_of_the_exception():
    assert type(LATE(what="list", day="1 May")) is Refused
    assert isinstance(Refusal("tests.no", 403, "No.")(), NotAllowed | PermissionDenied)
    assert isinstance(Refusal("tests.gone", 404, "Gone.")(), NotThere)
    assert issubclass(NotAllowed, PermissionDenied)
    assert issubclass(NotThere, Http404)


def test_a_problem_has_the_members_of_rfc_9457_and_our_own():
    assert LATE(what="list", day="1 May").problem() == {
        "type": "/refusals/tests.too_late",
        "title": "Too late",
        "status": 409,
        "detail": "The list closed on 1 May.",
        "code": "tests.too_late",
        "errors": {},
    }


def test_a_problem_about_fields_has_a_sentence_for_each():
    problem = InvalidValues({"name": "Enter the name"}).problem()
    assert (problem["code"], problem["status"]) == ("records.invalid_values", 422)
    assert problem["errors"] == {"name": "Enter the name"}
    missing = Refusal("tests.missing", 422, "“{field}” is mandatory.").about("name", field="Name")
    assert missing.problem()["errors"] == {"name": "“Name” is mandatory."}


def test_adding_to_the_sentence_keeps_the_class_and_the_code():
    refused = Refusal("tests.no", 403, "No.")()
    for longer, sentence in ((refused.adding("Ask."), "No. Ask."), (refused.of("Nguyen"), "Nguyen: No.")):
        assert (type(longer), longer.code, str(longer)) == (NotAllowed, "tests.no", sentence)
