"""What Django's admin shows of this app: it looks here by itself."""

from sponsorship_duties.casework.activity import ActivityAdmin
from sponsorship_duties.casework.activity_type import ActivityReasonAdmin, ActivityTypeAdmin

__all__ = ["ActivityAdmin", "ActivityReasonAdmin", "ActivityTypeAdmin"]
