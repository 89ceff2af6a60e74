from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from licences.accounts import encryption


class Command(BaseCommand):
    help = "Encrypt the secrets of all second factors again, with the first key of SECOND_FACTOR_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = encryption.encrypt_again()
        except InvalidToken:
            raise CommandError("A secret was encrypted with a key that SECOND_FACTOR_KEYS no longer has.") from None
        self.stdout.write(f"{count} secrets are encrypted with the first key. The other keys are no longer needed.")
