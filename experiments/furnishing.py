"""The records of a portal in all states that matter to a form, and its visitors."""

from bulk_data_transfer.models import ColumnChoice
from cas.models import CAS, CourseTemplate, Printout, StudyAddress
from cas.models.sandbox import SandboxState
from licences.models import ActionPlan, StoredSearch, User
from licences.roles import Role
from sms.core import clock
from sponsorship_duties.models import Activity
from tests.bulk_data_transfer.factories import files_of
from tests.factories import (
    a_batch,
    a_batch_order,
    a_cas,
    a_draft,
    a_licence,
    a_user,
    an_agent,
    an_allocation,
    an_order,
    assigned,
)
from tests.licences.factories import a_message, an_increase, written
from tests.payments import decided, sent_to_sandbox
from tests.sponsorship_duties.factories import a_report, a_type, days, withdrawn


def furnish():
    """Fill the portal with records in all states that matter to a form. Return its visitors."""
    caseworker = a_user("caseworker", Role.CASEWORKER)
    licence = a_licence("4NUV7KB58", "University of Example", by=caseworker)
    elsewhere = a_licence("7XKQ2MD93", "Elsewhere College", by=caseworker)
    a_licence("9AAAAAAA9", "Suspended College", by=caseworker).suspend(by=caseworker, reason="Because")
    with clock.set_to(clock.now() - days(180)):
        an_allocation(licence, number=100, by=caseworker)
    level1, level2 = a_user("level1", Role.LEVEL_1, licence), a_user("level2", Role.LEVEL_2, licence)
    outsider = a_user("outsider", Role.LEVEL_1, elsewhere)
    an_order(_ready(level2), by=level2).decline(by=User.objects.system())
    for owner in (level2, level1, outsider):
        a_draft(owner)
        _ready(owner)
    a_batch(level2, name="Empty")
    a_batch(level2, _ready(level2), _ready(level2), name="Full")
    batch = a_batch(level2, _ready(level2), name="Being paid for")
    sent_to_sandbox(a_batch_order(batch))
    for owner in (level2, level1):
        live = assigned(_ready(owner))
        a_report(live, by=owner)
        withdrawn(a_report(live, by=owner, on=clock.today() - days(1)), by=owner)
        assigned(_started(owner))
    an_order(_ready(level2), by=level2)
    sent_to_sandbox(an_order(_ready(level2), by=level2))
    for state in (SandboxState.PAID, SandboxState.DECLINED, SandboxState.CANCELLED):
        decided(an_order(_ready(level2), by=level2), state)
    _lapsed(SandboxState.PAID, is_same=True, by=level2)
    _lapsed(SandboxState.PAID, is_same=False, by=level2)
    _lapsed(SandboxState.PENDING, is_same=False, by=level2)
    _lapsed(SandboxState.PAID, is_same=False, by=level2).settle(by=User.objects.system())
    an_increase(level1)
    a_message(licence, by=caseworker)
    written(by=caseworker)
    StoredSearch.objects.keep("messages", {"words": ["fee"]}, by=level1)
    ActionPlan.objects.issue(licence, by=caseworker, details="Report sooner", fee_pence=0)
    StudyAddress.objects.add({"name": "Main", "study_address_line_1": "1 Learning Lane"}, by=level1)
    an_agent(level1)
    CourseTemplate.objects.add({"course_id": "DS-1", "course_title": "MA History"}, route="STUDENT", by=level2)
    for user in (level1, level2):
        Printout.objects.ask(CAS.objects.for_user(user).values_list("pk", flat=True)[:2], name="Two", by=user)
        StoredSearch.objects.keep("find_batch", {"name": ""}, by=user)
        for screen in ("any", "report-search"):
            StoredSearch.objects.keep(screen, {"family_name": ["Nguyễn"]}, by=user)
        selected = CAS.objects.for_user(user).filter(status="ASSIGNED").values_list("pk", flat=True)[:2]
        reports = Activity.objects.for_user(user).values_list("pk", flat=True)[:2]
        asked = {"cas": list(map(str, selected)), "activities": list(map(str, reports)), "type": [str(a_type().pk)]}
        for screen in ("report-several", "chosen", "to-withdraw", "taken-off", "graduates", "reported"):
            StoredSearch.objects.keep(screen, {**asked, "back": ["/students/"], "done": ["/students/"]}, by=user)
        files_of(user)
    ColumnChoice.objects.add("Names", dataset="cas", columns=["name"], by=level2)
    return [level1, level2, outsider, caseworker]


def _ready(by):
    return a_cas(by, passport_number=f"P{CAS.objects.count()}")


def _started(by):
    """Create a CAS that was READY TO GO before its course started, ten days ago."""
    start = clock.today() - days(10)
    with clock.set_to(clock.now() - days(40)):
        return a_cas(by, course_start_date=start, passport_number=f"P{CAS.objects.count()}")


def _lapsed(state, *, is_same, by):
    """Create an order that lapsed although it is or may still be paid. Change its CAS unless `is_same`."""
    cas = _ready(by)
    order = an_order(cas, by=by)
    sent_to_sandbox(order) if state == SandboxState.PENDING else decided(order, state)
    order.lapse(by=User.objects.system())
    if not is_same:
        cas.amend({"course_id": "changed"}, by=by, version=cas.version)
    return order
