"""Encrypt the secrets of second factors with the setting SECOND_FACTOR_KEYS. allauth would store them in clear."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import cache

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from qrcode import make
from qrcode.image.svg import SvgPathFillImage

from licences.models import User

PURPOSE = b"licences.accounts.encryption"
SECRETS = ("secret", "seed")  # names in the data of an authenticator app, and in those of recovery codes


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Encrypt and decrypt for allauth, and draw the QR code."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the text. Raises `InvalidToken` if none of the keys encrypted it."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: User) -> str:
        return user.username

    def get_totp_issuer(self) -> str:
        return "Sponsorship Management System"

    def build_totp_svg(self, url: str) -> str:
        """Return a picture on a white background, so that a phone can read it with any colours of the browser."""
        return str(make(url, image_factory=SvgPathFillImage, border=2).to_string(encoding="unicode"))


def encrypt_again() -> int:
    """Encrypt all secrets again with the first key, and return how many. Raises `InvalidToken` if a key is missing."""
    count = 0
    for pk, user in Authenticator.objects.order_by("pk").values_list("pk", "user_id"):
        with transaction.atomic():
            # The user first: a sign-in locks the user, and then writes the row with the code that was used.
            User.objects.select_for_update(no_key=True).get(pk=user)
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            for name in SECRETS if row else ():
                if name in row.data:
                    row.data[name] = _cipher().rotate(row.data[name].encode()).decode()
                    row.save(update_fields=["data"])
                    count += 1
    return count


def _cipher() -> MultiFernet:
    return _cipher_of(tuple(settings.SECOND_FACTOR_KEYS))


@cache
def _cipher_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    """Return the key of Fernet's form that belongs to a text of any length."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return urlsafe_b64encode(derivation.derive(key.encode()))
