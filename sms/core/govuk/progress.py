"""Work that goes on by itself, such as a printout or a payment: how far it has come, in words.

The macro of `templates/jinja2/progress.html` shows it in a live region. static/watch.js keeps that up to date from the
JSON that `answer` sends. The rest of the page stays unchanged under the reader's hands.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.http import JsonResponse


@dataclass(frozen=True)
class Progress:
    """A sentence about the work, how many records are done `of` how many, and whether it has ended.

    `of` is 0 if nothing is counted.
    """

    text: str
    done: int = 0
    of: int = 0
    has_ended: bool = False

    def answer(self) -> JsonResponse:
        return JsonResponse(asdict(self))
