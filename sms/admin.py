"""What Django's admin shows of no app in particular: it looks here by itself."""

from sms.casework.history import EventAdmin

__all__ = ["EventAdmin"]
