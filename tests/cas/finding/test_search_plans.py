"""Each search finds its rows by an index, on both databases: neither reads the whole table for it (issue 4)."""

import re
from dataclasses import replace
from datetime import date
from itertools import count

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cas.casework.finding import CASEWORK, of_all_sponsors
from cas.finding.box import MOST_BATCHES, batches_named
from cas.finding.duplicates import alike, duplicates
from cas.finding.listing import A_PAGE, NEWEST_OF_FEW, counts_of
from cas.finding.screens import SCREENS
from cas.finding.standing import affected_by_visa_brake
from cas.models import CAS, Agent, Batch, Rule
from cas.models.individuals import live_of_perhaps_same_individual, live_of_same_individual
from cas.regular_jobs import count_for_sqlite
from licences.models import Licence, User
from licences.roles import Role
from sms.core import clock, triggers
from sms.core.limits import ROUGHLY
from sms.core.partial_dates import PartialDate
from tests.factories import a_batch, a_cas, an_agent

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

ROWS = 6000
SPONSORS, USERS = 20, 8  # the first sponsor has half of all CAS

SERIES = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {rows}) "

# What differs between the rows, as SQL of the number n of the row. The rest is as in the row they are copied from.
LETTER = "substr('abcdefghijklmnopqrst', 1 + (n / {step}) % 20, 1)"
NAME = " || ".join(LETTER.format(step=step) for step in (2, 40, 800, 16000))
DAY = "CAST('{year}-01-01' AS date) + CAST(n % {days} AS integer)"
KNOWN = "CASE n % 9 WHEN 0 THEN 4 WHEN 1 THEN 7 ELSE 10 END"  # of the ten characters of a date of birth
SQLITE_DAY = "date('{year}-01-01', '+' || (n % {days}) || ' days')"


def day(year, days):
    return (DAY if connection.vendor == "postgresql" else SQLITE_DAY).format(year=year, days=days)


def copies(cas, licences, owners, batch, agent):
    """Return a statement that fills the table."""
    sponsor = f"CASE WHEN n % 2 = 0 THEN 0 ELSE n % {SPONSORS} END"

    def one_of(ids, which):
        return f"CASE {which} " + " ".join(f"WHEN {i} THEN {pk}" for i, pk in enumerate(ids)) + " END"

    of_owner = f"({sponsor}) * {USERS} + (n / 3) % {USERS}"
    changed = {
        "id": f"{cas.pk} + n",
        "licence_id": one_of(licences, sponsor),
        "owner_id": f"CASE WHEN n % 200 = 0 THEN {cas.owner_id} ELSE {one_of(owners, of_owner)} END",
        "family_key": NAME,
        "given_key": f"'g' || {NAME}",
        "passport_key": "'p' || n",
        "applicant_key": "'a' || n",
        "course_key": "'course ' || (n % 50)",
        "nationality": "CASE (n / 2) % 40 WHEN 0 THEN 'VNM' WHEN 1 THEN 'IND' ELSE 'CHN' END",
        "date_of_birth": f"substr(CAST({day(1990, 5000)} AS varchar(10)), 1, {KNOWN})",
        "course_start_date": day(2020, 2500),
        "status": "'ASSIGNED'",
        "number": "'E4G' || (10000000000 + n)",
        "assigned_at": "created_at",
        "assigned_on": day(2020, 2200),
        "expires_on": day(2020, 2200),
        "assigned_by_id": "owner_id",
        "batch_id": f"CASE WHEN n % 100 = 0 THEN {batch.pk} END",
        "agent_id": f"CASE WHEN n % 100 = 0 THEN {agent.pk} END",
        "is_agent_used": "n % 100 = 0",
    }
    columns = [field.column for field in CAS._meta.concrete_fields]
    values = ", ".join(changed.get(column, column) for column in columns)
    return f"{SERIES.format(rows=ROWS)} INSERT INTO cas_cas ({', '.join(columns)}) SELECT {values} FROM cas_cas, series"


@pytest.fixture
def users(level1, licence):
    """Return a Level 1 user, a Level 2 user and a caseworker, and fill a table of some thousand CAS."""
    others = Licence.objects.bulk_create(
        Licence(number=f"7ABCD{n:04}", name=f"No. {n}", starts_on=licence.starts_on) for n in range(1, SPONSORS)
    )
    licences = [licence, *others]
    owners = User.objects.bulk_create(
        User(username=f"u{of.pk}-{n}", name=f"U{n}", role=Role.LEVEL_2, licence=of, password="!")
        for of in licences
        for n in range(USERS)
    )
    cas = a_cas(level1)
    batch = a_batch(level1, name="Autumn")
    agent = an_agent(level1)
    triggers.drop(connection)
    with connection.cursor() as cursor:
        cursor.execute(copies(cas, [of.pk for of in licences], [owner.pk for owner in owners], batch, agent))
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE cas_cas")  # as it does by itself, in time
    triggers.install(connection)
    with clock.set_to(clock.now().replace(minute=0)):
        assert count_for_sqlite() == (connection.vendor == "sqlite")
    yield {"Level 1": level1, "Level 2": owners[0], "caseworker": User.objects.get(role=Role.CASEWORKER)}
    if connection.vendor == "sqlite":
        connection.cursor().execute("DELETE FROM sqlite_stat1")


ASKED = count()


def plan(rows):
    """Return what the database says that it would do."""
    return explained(*rows.query.get_compiler("default").as_sql())


def explained(sql, params=()):
    """Return what the database says that it would do for this statement."""
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        # Each text differs, because SQLite repeats its answer to a text that it has explained before.
        cursor.execute(f"{explain} {sql} /* {next(ASKED)} */", params)
        return "\n".join(str(line[-1]) for line in cursor.fetchall())


def reads_all(plan):
    """Return whether it reads the table from end to end."""
    return "Seq Scan on cas_cas" in plan or "SCAN cas_cas\n" in f"{plan}\n" or "SCAN cas_cas USING" in plan


# The route is not among them, because nearly all CAS have the same; nor are a caseworker's sponsor and owner, for which
# the few rows of this table are as quick to read from end to end.
SEARCHES = {
    "number": ({"number": "E4G10000000077"}, ("number",)),
    "family name": ({"family_name": "hd"}, ("cas_by_name",)),
    "family name and status": ({"family_name": "hd", "status": ["ASSIGNED"]}, ("cas_by_name",)),
    "given names": ({"given_names": "ghd"}, ("cas_by_given", "cas_by_name", "cas_of_owner")),
    "both names": ({"family_name": "hd", "given_names": "ghd"}, ("cas_by_name", "cas_by_given")),
    "date of birth": ({"date_of_birth": PartialDate("1990-03-01")}, ("cas_by_birth",)),
    "month of birth": ({"date_of_birth": PartialDate("1995-03")}, ("cas_by_birth", "cas_of_owner")),
    "year of birth": ({"date_of_birth": PartialDate("2003")}, ("cas_by_birth", "cas_of_owner")),
    "passport number": ({"passport_number": "P 77"}, ("cas_individual",)),
    "applicant ID": ({"applicant_id": "A 77"}, ("cas_by_applicant",)),
    "course ID": ({"course_id": "Course 7"}, ("cas_by_course",)),
    "nationality": ({"nationality": "VNM"}, ("cas_by_birth", "cas_of_owner")),
    "statuses": ({"status": ["WORK IN PROGRESS", "READY TO GO"]}, ("cas_of_status", "cas_of_owner")),
    "batch": ({"batch": "aut"}, ("batch",)),
    "assigned": ({"assigned_from": date(2021, 3, 1), "assigned_to": date(2021, 3, 3)}, ("cas_by_assignment",)),
    "expires": ({"expires_from": date(2021, 3, 1), "expires_to": date(2021, 3, 3)}, ("cas_by_assignment",)),
    "starts": ({"starts_from": date(2021, 3, 1), "starts_to": date(2021, 3, 3)}, ("cas_by_start",)),
    "the box, a family name": ({"anything": "hdl"}, ("cas_by_name",)),
    "the box, given names": ({"anything": "ghdl"}, ("cas_by_given",)),
    "the box, both names": ({"anything": "Ghd Hd"}, ("cas_by_name",)),
    "the box, a passport number": ({"anything": "P-77"}, ("cas_individual",)),
    "the box, an applicant ID": ({"anything": "A 77"}, ("cas_by_applicant",)),
}


def of_level_1(owner):
    """Return the search that only a Level 1 user can ask: for the few CAS of the user with the id `owner`."""
    return {"owner": ({"owner": str(owner)}, ("cas_of_owner",))}


# So many CAS of all sponsors have these values that reading the table finds the first of them just as quickly.
COMMON = {"given names", "nationality", "statuses", "course ID", "batch", "year of birth"}


def statements(rows):
    """Return what the pages ask for: whether it is one, how many there are, and the ids of a page."""
    rows = rows.order_by()
    ids = rows.values("pk")
    page = ids.order_by(*NEWEST_OF_FEW)[:A_PAGE]
    return {"one?": ids[:2], "how many?": ids[: ROUGHLY + 1], "a page": page}


def plans(asked, user, screen):
    rows = screen.base(user).search(asked)
    return {which: plan(query) for which, query in statements(rows).items()}


def test_every_search_uses_its_index(users):
    """A single test, because filling the table takes longest."""
    wrong = {}
    for who, user in users.items():
        screen = CASEWORK if who == "caseworker" else SCREENS["any"]
        searches = SEARCHES | of_level_1(user.pk) if who == "Level 1" else SEARCHES
        for name, (asked, indexes) in searches.items():
            if who == "caseworker" and name in COMMON:
                continue
            for which, found in plans(asked, user, screen).items():
                if reads_all(found) or not any(index in found for index in indexes):
                    wrong[who, name, which] = found
    assert wrong == {}

    found = without_the_index_of_names(lambda: plans(SEARCHES["family name"][0], users["Level 1"], SCREENS["any"]))
    assert not any("cas_by_name" in each for each in found.values()), "the twin"


def without_the_index_of_names(ask):
    return without("cas_by_name", ask)


def without_names(ask):
    return without_the_index_of_names(lambda: without("cas_by_given", ask))


def without(index, ask):
    with transaction.atomic():
        connection.cursor().execute(f"DROP INDEX {index}")
        answer = ask()
        transaction.set_rollback(True)
    return answer


# The search box


OF_NAMES = {"cas_by_name", "cas_by_given"}  # both have the family name and the given names
OF_THE_BOX = {*OF_NAMES, "cas_individual", "cas_by_applicant"}


def test_the_search_box_finds_each_kind_of_answer_by_its_index(users):
    def asked(who, text):
        return plans({"anything": text}, users[who], SCREENS["any"])

    for text in ("hdl", "ghdl", "Ghd Hd", "Hd, Ghd", "P-77", "A 77"):
        for which, found in asked("Level 1", text).items():
            assert not reads_all(found), (text, which, found)
            assert set(re.findall(r"cas_\w+", found)) >= OF_THE_BOX, (text, which, found)
        for which, found in asked("Level 2", text).items():  # their own CAS are few
            assert not reads_all(found), (text, which, found)
            assert "cas_of_owner" in found or set(re.findall(r"cas_\w+", found)) >= OF_THE_BOX, (text, which, found)
    found = without("cas_by_given", lambda: asked("Level 1", "ghdl"))
    assert not any("cas_by_given" in each for each in found.values()), "the twin"


def test_the_search_box_finds_batches_by_the_index_of_their_names(users):
    user = users["Level 1"]
    columns = [field.column for field in Batch._meta.concrete_fields]
    changed = {"id": "id + n", "name": "'Intake ' || n", "name_key": "'intake' || n"}
    values = ", ".join(changed.get(column, column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{SERIES.format(rows=ROWS)} INSERT INTO cas_batch ({', '.join(columns)}) SELECT {values} "
            "FROM cas_batch, series"
        )
        cursor.execute("ANALYZE cas_batch")
    for who in ("Level 1", "Level 2"):
        (asked,) = statements_of(lambda who=who: batches_named("Intake 77", users[who]))
        steps = explained(asked)
        assert ("Seq Scan on cas_batch" in steps or "SCAN cas_batch\n" in f"{steps}\n") is False, steps
        by_name = "batch_name_once_for_a_sponsor" in steps or "(licence_id=? AND name_key>? AND name_key<?)" in steps
        assert by_name or who == "Level 2", steps  # their own batches may be fewer
    assert len(batches_named("Intake 77", user)) == MOST_BATCHES + 1


@pytest.mark.parametrize("screen", ["edit", "assign"])
def test_what_is_not_assigned_is_listed_by_an_index(users, screen):
    for who in ("Level 1", "Level 2"):
        for which, found in plans({}, users[who], SCREENS[screen]).items():
            assert not reads_all(found), (who, which, found)


# Duplicates


def test_duplicates_are_found_by_the_indexes_of_names_and_of_passports(users):
    """So that the dates of birth of a few are compared, and not those of all who have the same nationality."""
    user = users["Level 1"]
    cas = CAS.objects.filter(licence=user.licence, batch__isnull=False).first()
    rows = cas.batch.cas.all()
    seen, *_ = statements_of(lambda: duplicates(cas, user))
    number, *_ = statements_of(lambda: alike(rows, user))
    for steps in map(explained, (seen, number)):
        assert not reads_all(steps), steps
        used = set(re.findall(r"cas_\w+", steps))
        assert "cas_individual" in used, steps
        assert used & OF_NAMES, steps

    assert not OF_NAMES & set(re.findall(r"cas_\w+", without_names(lambda: explained(number)))), "the twin"


def statements_of(ask):
    with CaptureQueriesContext(connection) as asked:
        ask()
    return [each["sql"] for each in asked]


# The same individual, at every sponsor


def test_the_cas_of_the_same_and_of_perhaps_the_same_individual_are_found_by_indexes(users):
    cas = next(cas for cas in CAS.objects.filter(batch__isnull=False) if cas.date_of_birth.is_full)
    (same,) = statements_of(lambda: list(live_of_same_individual(CAS.objects.all(), cas)))
    named, numbered = statements_of(lambda: live_of_perhaps_same_individual(CAS.objects.all(), cas))
    for sql, indexes in ((same, {"cas_individual"}), (numbered, {"cas_individual"}), (named, OF_NAMES)):
        steps = explained(sql)
        assert not reads_all(steps), steps
        assert indexes & set(re.findall(r"cas_\w+", steps)), steps
    assert not OF_NAMES & set(re.findall(r"cas_\w+", without_names(lambda: explained(named)))), "the twin"


# Agents


def test_the_cas_of_an_agent_are_counted_and_listed_by_their_index(users):
    def asked(user):
        rows = CAS.objects.for_user(user).filter(agent=Agent.objects.get())
        (counting,) = statements_of(lambda: counts_of(rows))
        return [explained(counting), *map(plan, statements(rows).values())]

    for steps in asked(users["Level 1"]):
        assert "cas_of_agent" in steps
        assert not reads_all(steps), steps
    for steps in asked(users["Level 2"]):  # their own CAS are few
        assert "cas_of_agent" in steps or "cas_of_owner" in steps, steps
        assert not reads_all(steps), steps
    found = without("cas_of_agent", lambda: asked(users["Level 1"]))
    assert not any("cas_of_agent" in steps for steps in found), "the twin"


def test_the_live_cas_affected_by_the_visa_brake_are_found_by_their_index(users):
    rules = replace(Rule.objects.on(), visa_brake=frozenset({"VNM", "IND"}))
    mine = affected_by_visa_brake(CAS.objects.for_user(users["Level 1"]), rules)
    for found_plan in (plan(mine.order_by().values("pk")[: ROUGHLY + 1]), plan(mine.order_by(*NEWEST_OF_FEW)[:A_PAGE])):
        assert "cas_live_of_nationality" in found_plan, found_plan
    everything = affected_by_visa_brake(of_all_sponsors(users["caseworker"]), rules)
    if connection.vendor == "postgresql":  # SQLite finds this table small enough to read
        assert not reads_all(found_plan := plan(everything.order_by(*NEWEST_OF_FEW)[:A_PAGE])), found_plan
