"""Play several stories at the same time, so that the lines of the history are in the order of time."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import TypeVar

from sms.core import clock

ResultT = TypeVar("ResultT")

# A generator of events that belong together. It yields the time of its next step, and is resumed at that time.
Story = Generator[datetime, None, ResultT]


def play(stories: Iterable[Story[object]]) -> None:
    """Play all stories together, with the clock set to the time of each step.

    Raises `ValueError` for a story that goes back in time, or beyond the current time.
    """
    waiting = [(next(story), number, story) for number, story in enumerate(stories)]
    heapify(waiting)
    present = clock.now()
    while waiting:
        moment, number, story = heappop(waiting)
        if moment > present:
            raise ValueError(f"A story has a step in the future: {moment}.")
        with clock.set_to(moment):
            following = next(story, None)
        if following is None:
            continue
        if following < moment:
            raise ValueError(f"A story goes back in time: from {moment} to {following}.")
        heappush(waiting, (following, number, story))
