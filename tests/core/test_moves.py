"""Moving one row along its lifecycle, by an UPDATE that includes the status that was read in its condition."""

from datetime import date

import pytest
from django.db import connection

from licences.lifecycle import LICENCE_LIFECYCLE
from licences.models import Licence
from sms.core.moves import move_one
from sms.core.refused import Refused

pytestmark = pytest.mark.django_db

DAY = date(2031, 1, 31)


def test_a_move_changes_the_row_and_the_instance_and_returns_the_earlier_status(licence):
    assert move_one(licence, LICENCE_LIFECYCLE, "suspend", expires_on=DAY) == "ACTIVE"
    assert (licence.status, licence.expires_on) == ("SUSPENDED", DAY)
    licence.refresh_from_db()
    assert (licence.status, licence.expires_on) == ("SUSPENDED", DAY)


def test_the_current_status_counts_not_the_status_of_the_instance(licence):
    read_before = Licence.objects.get(pk=licence.pk)
    move_one(licence, LICENCE_LIFECYCLE, "suspend")
    with pytest.raises(Refused, match="This licence is SUSPENDED: Suspend is not possible"):
        move_one(read_before, LICENCE_LIFECYCLE, "suspend")


def test_a_move_is_refused_if_the_status_changes_between_reading_and_writing(licence):
    def overtake(execute, sql, params, many, context):
        if sql.startswith("UPDATE"):
            execute("UPDATE licences_licence SET status = 'SUSPENDED' WHERE id = %s", [licence.pk], False, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(overtake), pytest.raises(Refused, match="Another user changed this licence"):
        move_one(licence, LICENCE_LIFECYCLE, "revoke")
    assert licence.status == "ACTIVE"
    assert Licence.objects.get().status == "SUSPENDED"
