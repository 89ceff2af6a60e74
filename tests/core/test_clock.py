"""The portal's clock: times in UTC, dates in London."""

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
        (datetime(2026, 10, 24, 23, 0, tzinfo=UTC), date(2026, 10, 25)),  # the night they go back
    ],
)
def test_today_is_the_date_in_london(moment, day):
    with time_machine.travel(moment, tick=False):
        assert clock.now() == moment
        assert clock.today() == day
    with clock.set_to(moment):
        assert clock.today() == day


def test_the_clock_runs_again_after_it_was_set():
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    with clock.set_to(noon):
        with clock.set_to(noon + timedelta(days=1)):
            assert clock.now() == noon + timedelta(days=1)
        assert clock.now() == noon
    assert clock.now() != noon


def test_the_clock_runs_again_after_an_error():
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    with pytest.raises(RuntimeError), clock.set_to(noon):
        raise RuntimeError
    assert clock.now() != noon


def test_a_clock_set_in_one_thread_is_not_set_in_another():
    seen = []
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    with clock.set_to(noon):
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
    assert seen[0] != noon


def test_the_time_is_aware():
    assert clock.now().tzinfo is not None


def test_the_real_time_does_not_change_when_the_clock_is_set():
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert clock.real_now() < clock.now()
