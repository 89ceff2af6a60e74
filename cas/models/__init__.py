from cas.models.batch import Batch
from cas.models.cas import CAS, StaleSave
from cas.models.fee import Fee
from cas.models.order import Order, OrderLine
from cas.models.sandbox import SandboxPayment
from cas.models.search import StoredSearch
from cas.models.values import InvalidValues

__all__ = ["CAS", "Batch", "Fee", "InvalidValues", "Order", "OrderLine", "SandboxPayment", "StaleSave", "StoredSearch"]
