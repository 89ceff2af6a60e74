from sponsorship_duties.models.activity import Activity
from sponsorship_duties.models.activity_type import ActivityReason, ActivityType
from sponsorship_duties.models.nothing_to_report import NothingToReport

__all__ = ["Activity", "ActivityReason", "ActivityType", "NothingToReport"]
