"""What migration 0005 names; searches are kept in `licences` now."""

import secrets


def new_key() -> str:
    """Return a key that cannot be guessed."""
    return secrets.token_urlsafe(12)
