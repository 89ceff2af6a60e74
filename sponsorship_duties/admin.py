"""Register this app's pages of the admin. Django imports this module by itself."""

from sponsorship_duties.casework.activity import ActivityAdmin
from sponsorship_duties.casework.activity_type import ActivityReasonAdmin, ActivityTypeAdmin

__all__ = ["ActivityAdmin", "ActivityReasonAdmin", "ActivityTypeAdmin"]
