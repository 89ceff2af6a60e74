from cas.models.agent import Agent
from cas.models.batch import Batch, BatchStatus
from cas.models.cas import CAS
from cas.models.course_template import CourseTemplate
from cas.models.order import Order
from cas.models.order_line import OrderLine
from cas.models.printout import Printout, PrintoutPiece
from cas.models.rule import Rule
from cas.models.sandbox import SandboxPayment
from cas.models.study_address import StudyAddress

__all__ = [
    "CAS",
    "Agent",
    "Batch",
    "BatchStatus",
    "CourseTemplate",
    "Order",
    "OrderLine",
    "Printout",
    "PrintoutPiece",
    "Rule",
    "SandboxPayment",
    "StudyAddress",
]
