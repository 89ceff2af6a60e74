"""`Assign the READY TO GO`: a batch keeps the CAS that can be assigned, and the others leave it (section 10)."""

from datetime import timedelta

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from cas.models import CAS, Batch, Rule
from cas.models.batch import NAME_SIZE
from cas.models.dividing import Division, name_to_complete, set_others_aside
from cas.reconciliation import discrepancies
from licences.models import Event
from sms.core import clock
from sms.core.refused import NotAllowed, Refused
from tests.cas.models.test_as_many_statements import check_same_statements
from tests.factories import COMPLETE, a_batch, a_batch_order, a_cas, a_draft, many
from tests.racing import at_once, refusals
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db

CHANGED = "Another user changed this batch after you opened this page. Check it and try again."


@pytest.fixture
def batch(level2):
    """Make a batch of two CAS that are READY TO GO and one that is WORK IN PROGRESS."""
    return a_batch(level2, a_cas(level2), a_cas(level2), a_draft(level2))


def division_of(batch):
    return Division.of(batch, Rule.objects.on())


def divided(batch, by):
    return set_others_aside(batch, division_of(batch).digest, by=by)


def statuses(batch):
    return sorted(batch.cas.values_list("status", flat=True))


def test_the_ready_cas_stay_and_the_others_move_to_a_new_batch_of_the_same_owner_and_route(batch, level1, level2):
    aside = divided(batch, level1)
    assert (aside.name, aside.owner, aside.route) == ("September intake – to complete", level2, batch.route)
    assert statuses(batch) == ["READY TO GO", "READY TO GO"]
    assert statuses(aside) == ["WORK IN PROGRESS"]
    assert list(discrepancies()) == []


def test_the_history_of_both_batches_and_of_each_cas_says_that_it_moved(batch, level2):
    (draft,) = batch.cas.filter(status="WORK IN PROGRESS")
    aside = divided(batch, level2)
    lines = [(event.kind, event.subject_id, event.verb, event.data) for event in Event.objects.order_by("-id")[:4]]
    assert {(kind, pk, verb) for kind, pk, verb, _ in lines} == {
        ("batch", aside.pk, "create"),
        ("batch", batch.pk, "take_out"),
        ("batch", aside.pk, "put_in"),
        ("cas", draft.pk, "move_in"),
    }
    assert [data for _, _, verb, data in lines if verb in {"take_out", "put_in"}] == [{"cas": [None, [draft.pk]]}] * 2


def test_a_ready_cas_whose_course_has_ended_moves_as_well(batch, level2):
    ended = a_cas(level2, course_start_date=clock.today() - timedelta(400), course_end_date=clock.today())
    batch.put([ended.pk], by=level2)
    with clock.set_to(clock.now() + timedelta(days=2)):
        aside = divided(batch, level2)
    assert set(aside.cas.values_list("status", flat=True)) == {"WORK IN PROGRESS", "READY TO GO"}
    assert ended in aside.cas.all()


@pytest.mark.parametrize("how", ["amended", "completed", "put in", "taken out"])
def test_a_batch_that_changed_since_it_was_shown_is_not_divided(batch, level1, level2, how):
    shown = division_of(batch).digest
    (draft,) = batch.cas.filter(status="WORK IN PROGRESS")
    if how in {"amended", "completed"}:
        values = {"given_names": "A"} if how == "amended" else COMPLETE
        draft.amend(values, by=level1, version=draft.version)
    elif how == "put in":
        batch.put([a_draft(level2).pk], by=level1)
    else:
        batch.take_out([batch.cas.first().pk], by=level1)
    before = batch.cas.count()
    assert refusal_of(set_others_aside, batch, shown, by=level2) == CHANGED
    assert batch.cas.count() == before
    assert Batch.objects.count() == 1


def test_without_the_check_of_what_was_shown_a_changed_batch_is_divided(batch, level1, level2, monkeypatch):
    """The twin of the test above: the guard is taken away."""
    monkeypatch.setattr("cas.models.dividing.constant_time_compare", lambda shown, now: True)
    shown = division_of(batch).digest
    batch.put([a_draft(level2).pk], by=level1)
    assert set_others_aside(batch, shown, by=level2).cas.count() == 2


def test_a_batch_whose_cas_are_all_ready_or_all_not_ready_is_not_divided(level2):
    ready = a_batch(level2, a_cas(level2), name="Ready")
    drafts = a_batch(level2, a_draft(level2), name="Drafts")
    empty = a_batch(level2, name="Empty")
    none = "No CAS in this batch can be assigned yet. Complete or correct at least one of them first."
    assert refusal_of(divided, ready, level2) == "Every CAS in this batch can be assigned. Assign the whole batch."
    assert [refusal_of(divided, batch, level2) for batch in (drafts, empty)] == [none, none]


def test_a_batch_that_is_being_paid_for_is_not_divided(batch, level2, allocation):
    shown = division_of(batch).digest
    CAS.objects.filter(status="WORK IN PROGRESS").remove(by=level2)
    a_batch_order(batch)
    assert refusal_of(set_others_aside, batch, shown, by=level2).startswith("This batch is being paid for.")


def test_the_batch_of_another_user_or_sponsor_is_not_divided(batch, colleague, outsider, caseworker):
    for user in (colleague, outsider):
        assert refusal_of(divided, batch, user).startswith("No batch was found.")
    with pytest.raises(NotAllowed):
        divided(batch, caseworker)


def test_a_licence_that_has_ended_divides_no_batch(batch, level2, licence, caseworker):
    licence.revoke(by=caseworker, reason="Because")
    batch.refresh_from_db()
    with pytest.raises(Refused, match="You can no longer create or change CAS"):
        set_others_aside(Batch.objects.get(pk=batch.pk), division_of(batch).digest, by=level2)


# The name of the new batch


def test_the_name_has_a_number_if_it_is_taken(batch, level1, level2, outsider):
    a_batch(outsider, name="September intake – to complete")
    assert name_to_complete(batch) == "September intake – to complete"
    a_batch(level1, name="SEPTEMBER INTAKE - To Complete")
    assert name_to_complete(batch) == "September intake – to complete 2"
    a_batch(level1, name=name_to_complete(batch))
    assert name_to_complete(batch) == "September intake – to complete 3"


def test_a_batch_to_complete_that_is_divided_again_gets_the_next_number(batch, level2):
    first = divided(batch, level2)
    first.put([a_cas(level2).pk], by=level2)
    second = divided(first, level2)
    second.put([a_cas(level2).pk], by=level2)
    names = [second.name, divided(second, level2).name]
    assert names == ["September intake – to complete 2", "September intake – to complete 3"]


@pytest.mark.parametrize("name", ["x" * NAME_SIZE, "x" * 85 + " " * 5 + "y", "…", "九月"])
def test_a_long_or_unusual_name_still_gives_a_name_that_fits(name, level2):
    batch = a_batch(level2, a_cas(level2), a_draft(level2), name=name)
    aside = divided(batch, level2)
    assert len(aside.name) <= NAME_SIZE
    assert aside.name.endswith(" – to complete")


def test_a_name_whose_key_is_full_without_the_ending_is_refused_and_nothing_moves(level2):
    batch = a_batch(level2, a_cas(level2), a_draft(level2), name="ﷺ" * NAME_SIZE)  # each is a word of 18 letters
    assert refusal_of(divided, batch, level2).startswith("Your sponsor already has a batch with this name.")
    assert batch.cas.count() == 2


# Many CAS


def test_dividing_takes_as_many_statements_for_many_cas_as_for_one(level2, as_user):
    client = as_user(level2)
    client.get("/students/")

    def made(number):
        batch = a_batch(level2, *[a_draft(level2) for _ in range(number)], name=f"Of {number}")
        many(level2, number, batch=batch)
        return f"/students/batches/{batch.pk}/assign-ready/", division_of(batch).digest

    check_same_statements(made, lambda address: client.get(address[0]))
    Batch.objects.all().update(name=Concat(Value("Earlier "), "name"), name_key=Concat(Value("earlier"), "name_key"))
    check_same_statements(made, lambda address: client.post(address[0], {"shown": address[1]}))
    assert Batch.objects.filter(name__endswith="to complete").count() == 3


# Races


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_two_users_who_divide_a_batch_at_once_divide_it_once(batch, level1, level2):
    shown = division_of(batch).digest
    acts = [lambda by=by: set_others_aside(Batch.objects.get(pk=batch.pk), shown, by=by) for by in (level1, level2)]
    assert refusals(at_once(*acts)) == [CHANGED]
    assert Batch.objects.count() == 2
    assert list(discrepancies()) == []


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_two_batches_that_want_the_same_new_name_at_once_never_share_it(level1, level2):
    """The second user sees that the name is taken, or their batch gets the next number."""
    first, second = (
        a_batch(level1, a_cas(level1), a_draft(level1), name=name) for name in ("May – to complete", "May")
    )
    answers = at_once(
        *[lambda batch=batch: divided(Batch.objects.get(pk=batch.pk), level1) for batch in (first, second)]
    )
    made = [answer.name for answer in answers if isinstance(answer, Batch)]
    assert len(made) == 2 - len(refusals(answers)) > 0
    assert set(made) <= {"May – to complete 2", "May – to complete 3"}
