"""Calls to a payment provider. Each has limits: nothing outside is trusted to be quick, small or well-formed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

from cas.payments import reading
from cas.payments.provider import ProviderUnavailable

# Seconds: to connect, from one piece of the answer to the next, and for the whole of it. A person is waiting.
TO_CONNECT, TO_READ, FOR_ALL = 5.0, 10.0, 15.0
LARGEST = 256 * 1024  # bytes


@dataclass(frozen=True)
class Answer:
    status: int
    data: dict[str, Any]
    """The JSON object in it; empty unless the status is 2xx."""


def call(method: str, url: str, *, headers: Mapping[str, str], data: object = None) -> Answer:
    """Send `data` as JSON and read the answer. The call is made once: neither repeated nor redirected elsewhere.

    Raises `ProviderUnavailable`, whose text is fit for a log, when no whole answer came that can be read.
    """
    body = None if data is None else json.dumps(data).encode()
    timeout = urllib3.Timeout(connect=TO_CONNECT, read=TO_READ)
    try:
        # A connection of its own: one that was kept from an earlier call may be dead by now.
        with urllib3.PoolManager(cert_reqs="CERT_REQUIRED", retries=False, timeout=timeout) as pool:
            response = pool.request(
                method, url, headers=headers, body=body, redirect=False, preload_content=False, decode_content=False
            )
            answer = _read(response)
    except urllib3.exceptions.HTTPError as error:
        raise ProviderUnavailable(f"The call failed: {type(error).__name__}.") from error
    return Answer(response.status, _object(answer) if 200 <= response.status < 300 else {})


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    until = time.monotonic() + FOR_ALL
    answer = b""
    while piece := response.read1(LARGEST):
        answer += piece
        if len(answer) > LARGEST or time.monotonic() > until:
            raise ProviderUnavailable("The answer is too long or too slow.")
    return answer


def _object(answer: bytes) -> dict[str, Any]:
    try:
        return reading.read(answer)
    except reading.Unreadable as error:
        raise ProviderUnavailable(f"The answer cannot be read: {error}") from error
