"""The function that migration 0005 names. `licences` keeps searches now."""

import secrets


def new_key() -> str:
    """Return a key that cannot be guessed."""
    return secrets.token_urlsafe(12)
