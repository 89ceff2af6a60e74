"""An authenticator app for tests: it shows the code of a secret (RFC 6238), without the portal's own code."""

import base64
import hmac
import struct
from dataclasses import dataclass

from allauth.mfa.totp.internal.auth import generate_totp_secret

from licences.accounts import second_factor
from sms.core import clock

HALF_MINUTE = 30  # seconds


@dataclass(frozen=True)
class App:
    secret: str

    def code(self, later=0):
        """Return the code that the app shows now, or `later` half minutes later."""
        key = base64.b32decode(self.secret.replace(" ", ""))
        step = int(clock.real_now().timestamp()) // HALF_MINUTE + later
        digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
        [number] = struct.unpack_from(">I", digest, digest[-1] & 15)
        return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def turned_on(user):
    """Turn the second factor of `user` on. Return the app and the recovery codes. Its present code is then used."""
    app = App(generate_totp_secret())
    return app, second_factor.turn_on(user, app.secret, app.code())
