"""Work that goes on by itself, such as a printout or a payment: how far it has come, in words.

The macro of `templates/jinja2/progress.html` shows it in a live region. static/watch.js keeps that up to date from the
JSON that `answer` sends. When the work has ended, it also writes the new `heading`, and hides what no longer applies:
the parts of the page that are marked with `data-while-working`. Nothing moves under the reader's hands.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.http import JsonResponse


@dataclass(frozen=True)
class Progress:
    """A sentence about the work, how many records are done `of` how many, and whether it has ended.

    `of` is 0 if nothing is counted. `heading` is the heading of the page in this state.
    """

    text: str
    done: int = 0
    of: int = 0
    has_ended: bool = False
    heading: str = ""

    def answer(self) -> JsonResponse:
        return JsonResponse(asdict(self))
