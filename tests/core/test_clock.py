"""The one clock: moments in UTC, days in London."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from sms.core import clock


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 7, 14, 22, 59, tzinfo=UTC), date(2026, 7, 14)),
        (datetime(2026, 7, 14, 23, 0, tzinfo=UTC), date(2026, 7, 15)),  # midnight, in summer time
        (datetime(2026, 7, 14, 23, 30, tzinfo=UTC), date(2026, 7, 15)),
        (datetime(2026, 1, 14, 23, 30, tzinfo=UTC), date(2026, 1, 14)),
        (datetime(2026, 1, 15, 0, 0, tzinfo=UTC), date(2026, 1, 15)),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), date(2026, 3, 29)),  # the night the clocks go forward
        (datetime(2026, 10, 24, 23, 0, tzinfo=UTC), date(2026, 10, 25)),  # and the one they go back
    ],
)
def test_today_is_the_date_in_london(moment, day):
    with time_machine.travel(moment, tick=False):
        assert clock.now() == moment
        assert clock.today() == day
    with clock.set_to(moment):
        assert clock.today() == day


def test_it_goes_on_again_after_it_was_set():
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    with clock.set_to(noon):
        with clock.set_to(noon + timedelta(days=1)):
            assert clock.now() == noon + timedelta(days=1)
        assert clock.now() == noon
    assert clock.now() != noon


def test_an_error_does_not_leave_it_standing():
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    with pytest.raises(RuntimeError), clock.set_to(noon):
        raise RuntimeError
    assert clock.now() != noon


def test_what_one_thread_sets_no_other_sees():
    seen = []
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    with clock.set_to(noon):
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
    assert seen[0] != noon


def test_its_moments_know_their_time_zone():
    assert clock.now().tzinfo is not None


def test_what_ends_in_real_time_is_not_moved_with_it():
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert clock.real_now() < clock.now()
