"""Calls to a payment provider. Each has limits, because an answer may be slow, large or malformed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

from cas.payments import reading
from cas.payments.provider import ProviderUnavailable

# Seconds: to connect, between two pieces of the answer, and for the whole answer. They are short: a user is waiting.
TO_CONNECT, TO_READ, FOR_ALL = 5.0, 10.0, 15.0
LARGEST = 256 * 1024  # bytes


@dataclass(frozen=True)
class Answer:
    status: int
    data: dict[str, Any]
    """The JSON object in the answer; empty unless the status is 2xx."""


def call(method: str, url: str, *, headers: Mapping[str, str], data: object = None) -> Answer:
    """Send `data` as JSON and return the answer. The call is made once, without retries or redirects.

    Raises `ProviderUnavailable` if no complete, readable answer arrives. Its message is safe to log.
    """
    body = None if data is None else json.dumps(data).encode()
    timeout = urllib3.Timeout(connect=TO_CONNECT, read=TO_READ)
    try:
        # Use a new connection for each call: one that was kept from an earlier call may be dead.
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
