"""What Django's admin shows of this app: it looks here by itself."""

from cas.casework.cas import CASAdmin
from cas.casework.fee import FeeAdmin
from cas.casework.order import OrderAdmin
from cas.models import CAS, Order
from licences.casework.licence import LicenceAdmin

__all__ = ["CASAdmin", "FeeAdmin", "OrderAdmin"]

LicenceAdmin.lists += [CAS, Order]
