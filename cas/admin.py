"""What Django's admin shows of this app: it looks here by itself."""

from cas.casework.batch import BatchAdmin
from cas.casework.cas import CASAdmin
from cas.casework.fee import FeeAdmin
from cas.casework.order import OrderAdmin
from cas.models import CAS, Batch, Order
from licences.casework.licence import LicenceAdmin

__all__ = ["BatchAdmin", "CASAdmin", "FeeAdmin", "OrderAdmin"]

LicenceAdmin.lists += [CAS, Batch, Order]
