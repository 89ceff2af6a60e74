from cas.models.cas import CAS, InvalidValues, StaleSave
from cas.models.fee import Fee
from cas.models.order import Order, OrderLine
from cas.models.sandbox import SandboxPayment

__all__ = ["CAS", "Fee", "InvalidValues", "Order", "OrderLine", "SandboxPayment", "StaleSave"]
