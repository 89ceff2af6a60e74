"""Register the pages of the admin that do not belong to one app. Django imports this module by itself."""

from sms.casework.history import EventAdmin

__all__ = ["EventAdmin"]
