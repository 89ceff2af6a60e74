"""What Django's admin shows of this app: it looks here by itself."""

from cas.casework.cas import CASAdmin
from licences.casework.licence import LicenceAdmin
from sponsorship_duties.casework.activity import ActivityAdmin, reports_of
from sponsorship_duties.casework.activity_type import ActivityReasonAdmin, ActivityTypeAdmin
from sponsorship_duties.models import Activity

__all__ = ["ActivityAdmin", "ActivityReasonAdmin", "ActivityTypeAdmin"]

LicenceAdmin.lists += [Activity]
CASAdmin.more_tables.append(reports_of)
