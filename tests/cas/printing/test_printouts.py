"""Printing many CAS in the background: at most 100 in a PDF, and several PDFs in a ZIP (specification, section 10)."""

import io
import zipfile
from datetime import timedelta
from unittest import mock

import pypdf
import pytest

from cas import regular_jobs
from cas.models import CAS, Printout, PrintoutPiece
from cas.models.printout import MOST
from cas.printing import printouts
from cas.printing.document import bundled
from licences.jobs import runs
from licences.models import Event, Job
from licences.regular_jobs import put_back_jobs
from sms.core import clock
from sms.core.refused import Refused
from tests.factories import a_batch, a_cas, assigned
from tests.jobs import work, work_all
from tests.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(level2):
    return [a_cas(level2, family_name=name) for name in ("Abara", "Bengtsson", "Castro")]


@pytest.fixture
def quick(monkeypatch):
    """Replace the PDFs by short texts, and print pieces of two CAS."""
    monkeypatch.setattr("cas.models.printout.IN_ONE_PIECE", 2)
    monkeypatch.setattr(printouts, "bundled", lambda cas_list, by: b"%PDF-" + ",".join(map(str, cas_list)).encode())


def ask(cas_list, by):
    return Printout.objects.ask([cas.pk for cas in cas_list], name="Some", by=by)


def reloaded(printout):
    return Printout.objects.get(pk=printout.pk)


def text_of(pdf):
    """Return the text of each page, and the bookmarks of the highest level."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    bookmarks = [each.title for each in reader.outline if not isinstance(each, list)]
    return [page.extract_text() for page in reader.pages], bookmarks


def test_a_pdf_of_several_cas_has_each_on_its_own_pages_with_a_bookmark(three, level2, allocation):
    assigned(three[0])
    pages, bookmarks = text_of(bundled(three, by=level2))
    starts = [number for number, page in enumerate(pages) if "Sponsor licence number" in page]
    assert len(starts) == 3
    assert starts[0] == 0
    for start, name in zip(starts, ("Abara", "Bengtsson", "Castro"), strict=True):
        assert name in pages[start]
    assert bookmarks == [
        f"CAS {three[0].number} – Abara, Thị Minh",
        "CAS draft – Bengtsson, Thị Minh",
        "CAS draft – Castro, Thị Minh",
    ]


def test_a_printout_is_printed_piece_by_piece_and_each_cas_has_an_event(three, level2, quick):
    printout = ask(three, level2)
    assert work() is True
    assert (reloaded(printout).printed_count, reloaded(printout).job.is_open) == (2, True)
    assert work() is True
    assert reloaded(printout).printed_count == 3
    assert reloaded(printout).job.state == "DONE"
    assert work() is False
    printed = Event.objects.filter(verb="print").values_list("subject_id", "by__username", "label")
    assert sorted(printed) == [(cas.pk, "level2", f"CAS {cas.pk}") for cas in three]


def test_several_pdfs_are_zipped_and_a_single_pdf_is_not(three, level2, quick):
    for cas_list, name in ((three, "CAS.zip"), (three[:1], "CAS.pdf")):
        printout = ask(cas_list, level2)
        work_all()
        found, file = printouts.document(reloaded(printout))
        assert found == name
        with file:
            content = file.read()
        if name == "CAS.zip":
            assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["CAS 1 to 2.pdf", "CAS 3 to 3.pdf"]
        else:
            assert content.startswith(b"%PDF-")


def test_a_cas_that_is_deleted_or_no_longer_theirs_is_left_out(three, level1, level2, colleague, quick):
    printout = ask(three, level2)
    three[0].remove(by=level2)
    CAS.objects.filter(pk=three[1].pk).change_owner(colleague, by=level1)
    work_all()
    assert reloaded(printout).printed_count == 1
    assert reloaded(printout).job.state == "DONE"


def test_a_printout_fails_after_three_attempts_and_does_not_stop_the_others(three, level2, quick, monkeypatch, caplog):
    bundle = printouts.bundled

    def fail_for_the_first(cas_list, by):
        if cas_list[0] == three[0]:
            raise RuntimeError
        return bundle(cas_list, by)

    monkeypatch.setattr(printouts, "bundled", fail_for_the_first)
    broken, other = ask(three, level2), ask(three[1:2], level2)
    work_all()
    assert reloaded(other).job.state == "DONE"
    for minutes in (2, 10):
        with clock.set_to(clock.now() + timedelta(minutes=minutes)):
            put_back_jobs()
            work_all()
    assert (reloaded(broken).job.state, reloaded(broken).job.attempt, reloaded(broken).job.error) == (
        "FAILED",
        3,
        "RuntimeError",
    )


def test_the_next_worker_prints_the_piece_of_a_worker_that_was_killed(three, level2, quick):
    printout = ask(three, level2)
    killed = mock.patch.object(Event.objects, "record_each", side_effect=KeyboardInterrupt)
    with killed:
        run_until_killed(printout)
    assert PrintoutPiece.objects.count() == 0
    with clock.set_to(clock.now() + timedelta(minutes=11)):
        put_back_jobs()
    with clock.set_to(clock.now() + timedelta(minutes=20)):
        put_back_jobs()
    work_all()
    assert reloaded(printout).printed_count == 3
    assert Event.objects.filter(verb="print").count() == 3


def run_until_killed(printout):
    with pytest.raises(KeyboardInterrupt):
        runs.run(printout.job_id, reloaded(printout).job.token)


def test_a_piece_that_two_workers_print_is_saved_once(three, level2, quick):
    """A worker whose token is out of date saves neither the file nor the events."""
    printout = ask(three[:2], level2)
    late = runs._start(printout.job_id, reloaded(printout).job.token)
    with clock.set_to(clock.now() + timedelta(minutes=11)):
        put_back_jobs()
    with clock.set_to(clock.now() + timedelta(minutes=20)):
        put_back_jobs()
    work_all()
    with pytest.raises(runs.LeaseLost):
        printouts.print_piece(runs.Run(late))
    assert Event.objects.filter(verb="print").count() == 2


def test_a_printout_is_cancelled_by_its_user(as_user, level2, three, quick):
    client, printout = as_user(level2), ask(three, level2)
    work()
    there = f"/students/printouts/{printout.key}/"
    client.post(f"{there}cancel/")
    work_all()
    page = Page(client.get(there))
    assert page.h1 == "Printing cancelled"
    assert "2 of 3 CAS were printed before printing was cancelled." in page.main.text
    assert Page(client.post(f"{there}cancel/", follow=True)).banners == ["This has already ended."]


def test_a_user_with_20_printouts_in_progress_cannot_start_another(as_user, level2, three):
    for _ in range(20):
        ask(three[:1], level2)
    page = Page(as_user(level2).post("/students/print/", {"cas": [three[0].pk]}, follow=True))
    assert page.banners == [
        "You can have up to 20 printouts in progress. Wait until a printout is ready, or cancel one."
    ]
    assert Printout.objects.count() == 20


def test_printouts_shows_the_place_in_the_queue(as_user, level1, level2, three, quick):
    ask(three, level1)
    for _ in range(3):
        ask(three, level2)
    cells = Page(as_user(level2).get("/students/printouts/")).main.all("td")
    states = [cell.text for cell in cells if cell["data-label"] == "State"]
    assert states == ["Waiting for your other printouts", "Number 3 in the queue", "Number 2 in the queue"]


def test_a_printout_has_between_1_and_10000_cas(level2):
    with pytest.raises(Refused, match="There are no CAS to print"):
        ask([], level2)
    with pytest.raises(Refused, match="You can print up to 10,000"):
        Printout.objects.ask(range(MOST + 1), name="All", by=level2)


def test_printouts_are_kept_for_a_week(three, level2, quick):
    ask(three, level2)
    work_all()
    for days, left in ((6, 1), (8, 0)):
        with clock.set_to(clock.now() + timedelta(days=days)):
            regular_jobs.delete_old_printouts()
        assert Printout.objects.count() == left
    assert not PrintoutPiece.objects.exists()
    assert not Job.objects.exists()


# Pages


def test_the_selected_cas_are_printed_and_can_be_downloaded(as_user, level2, colleague, three, quick):
    client = as_user(level2)
    other = a_cas(colleague)
    selected = [three[2].pk, three[0].pk, other.pk, "x", "9" * 30, three[0].pk]
    there = client.post("/students/print/", {"cas": selected})["Location"]
    page = Page(client.get(there))
    assert page.h1 == "Printing"
    assert "0 of 2 CAS have been printed" in page.main.text
    assert client.get(f"{there}file/")["Location"] == there
    assert client.get(f"{there}state/").json() == {
        "text": "0 of 2 CAS have been printed. Number 1 in the queue.",
        "done": 0,
        "of": 2,
        "has_ended": False,
        "heading": "Printing",
    }
    work_all()
    assert client.get(f"{there}state/").json()["text"] == "Your printout is ready."
    assert Page(client.get(there)).h1 == "Your printout is ready"
    answer = client.get(f"{there}file/")
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content) == f"%PDF-{three[2]},{three[0]}".encode()
    assert Page(client.get("/students/printouts/")).main.link("2 CAS from a list") == there


def test_a_batch_is_printed(as_user, level2, three, quick):
    batch = a_batch(level2, *three)
    there = as_user(level2).post(f"/students/batches/{batch.pk}/print/")["Location"]
    work_all()
    page = Page(as_user(level2).get(there))
    assert "in one ZIP file" in page.main.text
    assert dict(page.main.lines())["For"] == "Batch September intake"


@pytest.mark.parametrize("sent", [{}, {"cas": ["x"]}, {"cas": ["0"]}])
def test_with_nothing_selected_the_list_asks_the_user_to_select_cas(sent, as_user, level2):
    client = as_user(level2)
    page = Page(client.post("/students/print/", sent))
    assert (page.status, page.h1) == (422, "All CAS")
    assert page.summary == [("Select the CAS to print.", "#selected")]


def test_the_page_says_when_none_of_the_cas_could_be_printed(as_user, level2, three, quick):
    printout = ask(three[:1], level2)
    three[0].remove(by=level2)
    work()
    page = Page(as_user(level2).get(f"/students/printouts/{printout.key}/file/", follow=True))
    assert page.banners == ["None of these CAS could be printed. They have been deleted, or are no longer yours."]


def test_a_printout_is_seen_only_by_the_user_who_asked_for_it(as_user, level1, level2, three):
    printout = ask(three, level2)
    assert as_user(level1).get(f"/students/printouts/{printout.key}/").status_code == 404
    assert Page(as_user(level1).get("/students/printouts/")).main.all("table") == []


def test_the_page_students_shows_a_printout_for_a_day(as_user, level2, three, quick):
    printout = ask(three, level2)
    client = as_user(level2)
    assert Page(client.get("/students/")).main.link("Printing: Some") == f"/students/printouts/{printout.key}/"
    work_all()
    assert Page(client.get("/students/")).main.link("Ready: Some") == f"/students/printouts/{printout.key}/"
    with clock.set_to(clock.now() + timedelta(days=2)):
        assert "Some" not in Page(client.get("/students/")).main.text


def test_the_page_of_a_deleted_printout_says_how_long_printouts_are_kept(as_user, level2, three):
    printout = ask(three, level2)
    Printout.objects.all().delete()
    page = Page(as_user(level2).get(f"/students/printouts/{printout.key}/"))
    assert "Printouts are kept for 7 days, for the user who asked for them. Print the CAS again." in page.main.text
