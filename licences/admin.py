"""Register this app's pages of the admin. Django imports this module by itself."""

from licences.casework.addressee import AddresseeAdmin
from licences.casework.allocation import AllocationAdmin, AllocationEntryAdmin
from licences.casework.job import JobAdmin
from licences.casework.licence import LicenceAdmin
from licences.casework.licence_request import LicenceRequestAdmin
from licences.casework.message import MessageAdmin
from licences.casework.sign_in import SignInAdmin
from licences.casework.user import UserAdmin

__all__ = [
    "AddresseeAdmin",
    "AllocationAdmin",
    "AllocationEntryAdmin",
    "JobAdmin",
    "LicenceAdmin",
    "LicenceRequestAdmin",
    "MessageAdmin",
    "SignInAdmin",
    "UserAdmin",
]
