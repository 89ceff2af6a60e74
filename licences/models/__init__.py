from licences.models.action_plan import ActionPlan
from licences.models.allocation import Allocation
from licences.models.allocation_entry import AllocationEntry
from licences.models.assessment import Assessment
from licences.models.clock_check import ClockCheck
from licences.models.dated_value import DatedValue
from licences.models.draft import Draft
from licences.models.event import Event
from licences.models.job import Job
from licences.models.key_person import KeyPerson
from licences.models.licence import Licence, LicensedRoute
from licences.models.licence_request import LicenceRequest
from licences.models.message import Acknowledgement, Addressee, Message
from licences.models.message_mail import MessageMail
from licences.models.premium_service import PremiumService
from licences.models.session import Session
from licences.models.sign_in import SignIn, SignInCount
from licences.models.stored_search import StoredSearch
from licences.models.user import User

__all__ = [
    "Acknowledgement",
    "ActionPlan",
    "Addressee",
    "Allocation",
    "AllocationEntry",
    "Assessment",
    "ClockCheck",
    "DatedValue",
    "Draft",
    "Event",
    "Job",
    "KeyPerson",
    "Licence",
    "LicenceRequest",
    "LicensedRoute",
    "Message",
    "MessageMail",
    "PremiumService",
    "Session",
    "SignIn",
    "SignInCount",
    "StoredSearch",
    "User",
]
