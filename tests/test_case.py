"""The fixture `case`, on which sentences with many cases rely."""

from licences.models import Licence
from tests.factories import a_licence


def test_what_one_case_does_the_next_does_not_find(case, caseworker):
    for number in range(2):
        with case(number=number):
            assert not Licence.objects.exists()
            a_licence("123456789", "New College", by=caseworker)
            assert Licence.objects.exists()
    assert not Licence.objects.exists()
