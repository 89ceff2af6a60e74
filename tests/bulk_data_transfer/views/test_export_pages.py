"""The pages of exports: choose what, choose the columns and the format, and download the file."""

import csv
import io
from datetime import date, timedelta

import pytest

from bulk_data_transfer import exporting, left_out
from bulk_data_transfer.models import ColumnChoice, Export
from cas.models import CAS
from sms.core import clock
from tests.bulk_data_transfer.factories import an_export, exported, rows_of
from tests.days import after_days
from tests.factories import a_batch, a_cas, an_allocation, an_order, assigned
from tests.jobs import work_all
from tests.pages import Page
from tests.sponsorship_duties.factories import a_report

pytestmark = pytest.mark.django_db

EXPORTS = "/students/exports/"


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


def the_export():
    return Export.objects.get()


def choose(client, export, **sent):
    return client.post(f"{EXPORTS}{export.key}/", {"format": "csv", "which": "usual", **sent})


def typed(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def start(client, span, **sent):
    return client.post(EXPORTS, {"span": span, **sent})


def test_students_and_every_list_of_cas_lead_to_export(client, level2):
    cas = a_cas(level2)
    batch = a_batch(level2, cas)
    assert Page(client.get("/students/")).link("Export") == EXPORTS
    for address in ("/students/cas/", f"/students/batches/{batch.pk}/"):
        assert "Export" in [button.text for button in Page(client.get(address)).all("button")], address


def test_selected_cas_are_exported_and_the_file_is_downloaded(client, level2):
    wanted, _ = a_cas(level2, family_name="Abara"), a_cas(level2, family_name="Bengtsson")
    response = client.post(f"{EXPORTS}selected/", {"cas": [wanted.pk]})
    page = Page(client.get(response.url))
    assert page.h1 == "Export 1 CAS"
    response = choose(client, the_export())
    page = Page(client.get(response.url))
    assert page.h1 == "Your export is ready"
    file = client.get(page.link("Download " + the_export().file.name))
    assert file["Content-Disposition"] == f'attachment; filename="{the_export().file.name}"'
    content = file.getvalue()
    assert (file["Content-Type"], int(file["Content-Length"])) == ("text/csv", len(content))
    assert b"Abara" in content
    assert b"Bengtsson" not in content


def test_nothing_selected_says_so_on_the_list(client, level2):
    a_cas(level2)
    page = Page(client.post(f"{EXPORTS}selected/"))
    assert (page.status, page.summary) == (422, [("Select the CAS to export.", "#selected")])


def test_all_that_a_search_found_is_exported(client, level2):
    for name in ("Abara", "Abara", "Castro"):
        a_cas(level2, family_name=name)
    found = client.post("/students/search/", {"family_name": "Abara"})
    key = found.url.rstrip("/").rpartition("/")[2]
    client.post(f"{EXPORTS}selected/", {"search": key, "all": "yes"})
    assert (the_export().count, the_export().name) == (2, "CAS from a search")


def test_a_batch_is_exported_whole(client, level2):
    batch = a_batch(level2, a_cas(level2), a_cas(level2), name="September")
    response = client.post(f"{EXPORTS}batch/{batch.pk}/")
    assert Page(client.get(response.url)).h1 == "Export 2 CAS"
    assert the_export().name == "Batch September"


def test_cas_assigned_between_two_days_are_exported_both_days_included(client, level2, licence, caseworker):
    today = clock.today()
    an_allocation(licence, by=caseworker, starts_on=today - timedelta(days=3))
    for ago in (3, 2, 1):
        with after_days(-ago):
            assigned(a_cas(level2, family_name=f"Day {ago}"))
    a_cas(level2)
    start(client, "assigned", **typed("first", today - timedelta(days=2)), **typed("last", today - timedelta(days=1)))
    choose(client, the_export())
    assert [row["Name"].split(",")[0] for row in rows_of(the_export())] == ["Day 2", "Day 1"]


DAYS = {**typed("first", date(2026, 1, 1)), **typed("last", date(2026, 1, 31))}


@pytest.mark.parametrize(
    ("span", "days", "level_1", "level_2"),
    [
        ("all", {}, "There is no CAS yet.", "There is no CAS of yours yet."),
        (
            "assigned",
            DAYS,
            "No CAS was assigned from 1 January 2026 to 31 January 2026.",
            "No CAS of yours was assigned from 1 January 2026 to 31 January 2026.",
        ),
        ("assigned", {}, "No CAS was assigned.", "No CAS of yours was assigned."),
        (
            "changed",
            typed("last", date(2026, 1, 31)),
            "No CAS has changed up to 31 January 2026.",
            "No CAS of yours has changed up to 31 January 2026.",
        ),
        (
            "reports",
            typed("first", date(2026, 1, 1)),
            "No report on a CAS was made from 1 January 2026.",
            "No report on a CAS of yours was made from 1 January 2026.",
        ),
        ("orders", {}, "No payment was opened.", "No payment of yours was opened."),
        (
            "check-not-started",
            {},
            "No student is to be checked: course started, nothing reported.",
            "No student of yours is to be checked: course started, nothing reported.",
        ),
    ],
)
def test_a_period_without_a_record_says_what_there_is_none_of(span, days, level_1, level_2, as_user, level1, level2):
    for user, sentence in ((level1, level_1), (level2, level_2)):
        page = Page(start(as_user(user), span, **days))
        assert [page.status, *(text for text, _ in page.summary)] == [422, sentence]


def test_each_kind_has_its_own_hint_about_the_days(client):
    page = Page(client.get(EXPORTS)).main.text
    assert "export everything" not in page
    for hint in ("Without days, all that were assigned", "Without days, all reports", "Without days, all payments"):
        assert hint in page
    assert "Without a first day, those that have changed since your last export of changes" in page


def test_payments_are_called_so_as_in_the_menu(client, level2, allocation):
    assert "Order" not in Page(client.get(EXPORTS)).main.text
    an_order(a_cas(level2), by=level2)
    start(client, "orders")
    page = Page(client.get(f"{EXPORTS}{the_export().key}/"))
    assert page.h1 == "Export 1 payment"
    assert "Order" not in page.main.text


def test_an_empty_batch_has_nothing_to_export(client, level2):
    batch = a_batch(level2, a_cas(level2))
    batch.take_out(batch.cas.values_list("pk", flat=True), by=level2)
    page = Page(client.post(f"{EXPORTS}batch/{batch.pk}/", follow=True))
    assert page.status == 422
    assert "There is nothing to export: no CAS is left here." in page.text


def test_changes_since_the_last_export_of_changes_are_exported(client, level2):
    with clock.set_to(clock.now() - timedelta(hours=6)):
        a_cas(level2, family_name="Old")
        changed = a_cas(level2, family_name="Changed")
    with clock.set_to(clock.now() - timedelta(hours=5)):
        start(client, "changed")
        choose(client, the_export())
        assert the_export().written == 2
    changed.amend({"given_names": "New"}, by=level2, version=changed.version)
    start(client, "changed")
    newest = Export.objects.latest("pk")
    choose(client, newest)
    newest.refresh_from_db()
    assert [row["Name"] for row in rows_of(newest)] == ["Changed, New"]
    assert newest.name.startswith("CAS that have changed since ")


def test_an_export_of_changes_that_was_never_finished_does_not_count(client, level2):
    a_cas(level2)
    start(client, "changed")
    start(client, "changed")
    assert [each.count for each in Export.objects.all()] == [1, 1]


def test_transfers_batches_and_applications_are_changes_too(level1, level2, colleague, allocation, caseworker):
    with clock.set_to(clock.now() - timedelta(hours=5)):
        moved, put, applied, _ = a_cas(level2), a_cas(level2), assigned(a_cas(level2)), a_cas(level2)
    CAS.objects.filter(pk=moved.pk).change_owner(colleague, by=level1)
    a_batch(level2, put)
    applied.record_application(clock.today(), by=caseworker)
    since = clock.now() - timedelta(hours=1)
    assert set(CAS.objects.filter(changed_at__gt=since)) == {moved, put, applied}


def test_reports_orders_and_students_to_check_are_exported(client, level2, allocation):
    cas = assigned(a_cas(level2, course_start_date=clock.today() - timedelta(days=30)))
    a_report(assigned(a_cas(level2)), by=level2)
    an_order(a_cas(level2), by=level2)
    for span, file_format, count in (("reports", "xlsx", 1), ("orders", "jsonl", 3), ("check-not-started", "csv", 1)):
        start(client, span)
        export = Export.objects.latest("pk")
        choose(client, export, format=file_format)
        export.refresh_from_db()
        assert (export.written, export.file.name.rpartition(".")[2]) == (count, file_format), span
    assert rows_of(export)[0]["CAS number"] == cas.number
    assert {"Expected by", "Check by"} <= rows_of(export)[0].keys()


def test_an_upload_file_says_on_its_page_what_is_left_out_and_why(client, level2):
    spelled = a_cas(level2, applicant_id="S1")
    left = a_cas(level2, applicant_id="S2", family_name="Silva", given_names="Ana", gender="OTHER")
    export = an_export([spelled, left], level2)
    choose(client, export, format="v2_1-student")
    page = Page(client.get(f"{EXPORTS}{export.key}/"))
    assert "The file has 1 CAS." in page.text
    assert "1 CAS is left out, because schema v2.1 cannot hold it." in page.text
    assert "1 CAS is in the file with another spelling." in page.text
    assert "no longer yours" not in page.text
    assert page.link("Silva, Ana") == f"/students/cas/{left.pk}/"
    file = client.get(page.link("Download them all (CSV)"))
    headings, first, *spellings = csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))
    assert headings == ["Applicant ID", "Name", "In the file", "Code", "Reason"]
    assert first[:4] == ["S2", "Silva, Ana", "No", "files.no_code_in_schema"]
    assert {tuple(each[:4]) for each in spellings} == {("S1", "Nguyễn, Thị Minh", "Yes", "files.spelled")}


def test_the_page_of_an_upload_file_shows_the_first_100_of_what_is_left_out(client, level2, monkeypatch):
    monkeypatch.setattr(left_out, "MOST_SHOWN", 1)
    export = an_export([a_cas(level2, applicant_id="S1"), a_cas(level2, applicant_id="S2")], level2)
    choose(client, export, format="v2_1-student")
    assert "The first 1 are shown." in Page(client.get(f"{EXPORTS}{export.key}/")).text


def test_no_name_of_a_cas_that_is_no_longer_the_users_is_among_what_is_left_out(client, level1, level2, colleague):
    cas = a_cas(level2, family_name="Łukasz")
    export = an_export([cas], level2)
    choose(client, export, format="v2_1-student")
    CAS.objects.filter(pk=cas.pk).change_owner(colleague, by=level1)
    assert "Łukasz" not in Page(client.get(f"{EXPORTS}{export.key}/")).main.text


def test_xml_is_offered_for_cas_only_and_an_upload_file_for_the_routes_of_the_selection(client, level2, allocation):
    export = an_export([a_cas(level2)], level2)
    page = Page(client.get(f"{EXPORTS}{export.key}/"))
    assert "Upload file of schema v2.1: Student" in page.text
    assert "Upload file of schema v2.1: Child Student" not in page.text
    assert choose(client, export, format="v2_1-child_student").status_code == 422
    order = an_export([an_order(a_cas(level2, passport_number="B2"), by=level2)], level2, dataset="orders")
    page = Page(client.get(f"{EXPORTS}{order.key}/"))
    assert not [label.text for label in page.all("label") if "XML" in label.text or "v2.1" in label.text]


def test_wrong_days_are_refused_beside_their_field_and_kept(client, level2):
    a_cas(level2)
    today = clock.today()
    page = Page(start(client, "assigned", **typed("first", today), **typed("last", today - timedelta(days=1))))
    assert [text for text, _ in page.summary] == ["Last day: must not be before the first day"]
    assert page.by_id("id_first_year")["value"] == str(today.year)
    page = Page(start(client, "all", **typed("first", today)))
    assert [text for text, _ in page.summary] == ["Leave this day empty: “All CAS” has no days to choose"]
    assert [text for text, _ in Page(client.post(EXPORTS, {})).summary] == ["Select what you want to export"]
    assert not Export.objects.exists()


def test_columns_are_selected_and_saved_under_a_name_for_everyone(client, level1, level2, as_user):
    cas = a_cas(level2)
    export = an_export([cas], level2)
    choose(
        client, export, which="own", columns_0=["number", "name"], columns_2=["passport_number"], save_as="For visas"
    )
    export.refresh_from_db()
    assert list(rows_of(export)[0]) == ["CAS number", "Name", "Passport or travel document number"]
    other = an_export([cas], level1)
    page = Page(as_user(level1).get(f"{EXPORTS}{other.key}/"))
    assert "For visas" in page.text
    choose(as_user(level1), other, which=str(ColumnChoice.objects.get().pk))
    other.refresh_from_db()
    assert rows_of(other) == rows_of(export)


def test_a_choice_of_columns_needs_a_column_and_a_new_name(client, level2):
    export = an_export([a_cas(level2)], level2)
    assert [text for text, _ in Page(choose(client, export, which="own")).summary] == [
        "Select at least one column below"
    ]
    page = Page(choose(client, export, which="usual", save_as="Mine"))
    assert [text for text, _ in page.summary] == [
        "Select “The columns that you select below” to save them under a name"
    ]
    ColumnChoice.objects.add("Mine", dataset="cas", columns=["name"], by=level2)
    page = Page(choose(client, export, which="own", columns_0=["name"], save_as="Mine"))
    assert [text for text, _ in page.summary] == [
        "There is already a choice of columns called “Mine”. Enter another name"
    ]
    assert Export.objects.get().asked_at is None


def test_a_choice_of_columns_is_deleted_after_a_question(client, level2):
    choice = ColumnChoice.objects.add("Mine", dataset="cas", columns=["name", "number"], by=level2)
    export = an_export([a_cas(level2)], level2)
    address = Page(client.get(f"{EXPORTS}{export.key}/")).link("Delete Mine")
    assert "It has these columns: CAS number, Name." in Page(client.get(address)).text
    client.post(address)
    assert not ColumnChoice.objects.filter(pk=choice.pk).exists()


def test_a_large_export_shows_its_progress_and_can_be_left_found_again_and_cancelled(client, level2, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    export = exported([a_cas(level2)], level2)
    page = Page(client.get(f"{EXPORTS}{export.key}/"))
    assert page.h1 == "Exporting"
    assert "0 of 1 CAS have been written" in page.text
    assert client.get(f"{EXPORTS}{export.key}/state/").json()["has_ended"] is False
    assert "In the queue" in Page(client.get(EXPORTS)).text
    client.post(f"{EXPORTS}{export.key}/cancel/")
    assert Page(client.get(f"{EXPORTS}{export.key}/")).h1 == "Export cancelled"
    work_all()
    export.refresh_from_db()
    assert export.file is None


def test_a_finished_export_is_not_cancelled(client, level2, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    export = exported([a_cas(level2)], level2)
    work_all()
    assert Page(client.post(f"{EXPORTS}{export.key}/cancel/", follow=True)).banners == ["This has already ended."]
    assert Page(client.get(f"{EXPORTS}{export.key}/")).h1 == "Your export is ready"


def test_level_1_sees_the_exports_of_the_sponsor_and_level_2_only_their_own(level1, level2, colleague, as_user):
    exported([a_cas(level2)], level2, name="Of level 2")
    assert "Of level 2" in Page(as_user(level1).get(EXPORTS)).text
    assert "Of level 2" not in Page(as_user(colleague).get(EXPORTS)).text


def test_after_30_days_the_page_still_says_what_was_exported(client, level2):
    export = exported([a_cas(level2)], level2)
    with clock.set_to(clock.now() + timedelta(days=31)):
        Export.objects.purge()
    page = Page(client.get(f"{EXPORTS}{export.key}/"))
    assert page.h1 == "Export no longer kept"
    assert "No longer kept" in Page(client.get(EXPORTS)).text
    assert client.get(f"{EXPORTS}{export.key}/file/").url == f"{EXPORTS}{export.key}/"


def test_an_unknown_export_is_a_404(client):
    response = client.get(f"{EXPORTS}nothing/")
    assert response.status_code == 404
    assert "No export was found" in Page(response).text
