"""The fixture `case`, for tests with many cases."""

from licences.models import Licence
from tests.factories import a_licence


def test_a_case_does_not_see_the_records_of_an_earlier_case(case, caseworker):
    for number in range(2):
        with case(number=number):
            assert not Licence.objects.exists()
            a_licence("123456789", "New College", by=caseworker)
            assert Licence.objects.exists()
    assert not Licence.objects.exists()
