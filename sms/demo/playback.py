"""Telling several stories at once, so that the history has its lines in the order of time."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import TypeVar

from sms.core import clock

ResultT = TypeVar("ResultT")

# What happens in one matter: it yields the moment of its next step, and is then resumed at that moment.
Story = Generator[datetime, None, ResultT]


def play(stories: Iterable[Story[object]]) -> None:
    """Run all stories side by side, the clock standing at the moment of each step.

    Raises `ValueError` for a story that goes back in time, or beyond the present.
    """
    waiting = [(next(story), number, story) for number, story in enumerate(stories)]
    heapify(waiting)
    present = clock.now()
    while waiting:
        moment, number, story = heappop(waiting)
        if moment > present:
            raise ValueError(f"A story goes on in the future: {moment}.")
        with clock.set_to(moment):
            following = next(story, None)
        if following is None:
            continue
        if following < moment:
            raise ValueError(f"A story goes back in time: from {moment} to {following}.")
        heappush(waiting, (following, number, story))
