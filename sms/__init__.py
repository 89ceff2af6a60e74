"""Settings, addresses, and the pages and commands that do not belong to one app."""

__version__ = "0.4.0"
"""The version of the portal. pyproject.toml reads it here, and CHANGELOG.md begins with it."""
