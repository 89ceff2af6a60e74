"""The admin pages of this app. Django imports this module when it starts."""

from cas.casework.batch import BatchAdmin
from cas.casework.cas import CASAdmin
from cas.casework.order import OrderAdmin
from cas.casework.rule import RuleAdmin

__all__ = ["BatchAdmin", "CASAdmin", "OrderAdmin", "RuleAdmin"]
