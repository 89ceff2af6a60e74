from licences.models.allocation import Allocation
from licences.models.allocation_entry import AllocationEntry
from licences.models.clock_check import ClockCheck
from licences.models.draft import Draft
from licences.models.event import Event
from licences.models.job import Job
from licences.models.licence import Licence, LicensedRoute
from licences.models.licence_request import LicenceRequest
from licences.models.sign_in import SignIn, SignInCount
from licences.models.stored_search import StoredSearch
from licences.models.user import User

__all__ = [
    "Allocation",
    "AllocationEntry",
    "ClockCheck",
    "Draft",
    "Event",
    "Job",
    "Licence",
    "LicenceRequest",
    "LicensedRoute",
    "SignIn",
    "SignInCount",
    "StoredSearch",
    "User",
]
