"""Graduate notifications and withdrawals from a file (specification, sections 7, 8 and 11)."""

import pytest

from cas.lifecycle import CASStatus
from cas.models import CAS
from licences.models import Event
from sms.core.refused import NotAllowed
from sponsorship_duties.models import Activity
from tests.bulk_data_transfer.operations.changing import checked, codes, imported, pasted, sent, sentences, sheet
from tests.bulk_data_transfer.operations.test_fees import OURS
from tests.factories import in_status
from tests.sponsorship_duties.test_graduates import a_graduate

pytestmark = pytest.mark.django_db

GRADUATED = "http://homeoffice.gov.uk/immigration/migrant/cas/bulk-cas-reporting-graduated-202102"


def graduates_file(*numbers, report="GRADUATED", file_id="1234"):
    """Return a file of the shape of the Home Office's example 13."""
    records = "".join(
        f"<bulk:BulkReportingCASData><bulk:CASReport>{report}</bulk:CASReport><bulk:BulkReportingCASGraduation>"
        f"<bulk:CASNumber>{number}</bulk:CASNumber></bulk:BulkReportingCASGraduation></bulk:BulkReportingCASData>"
        for number in numbers
    )
    return (
        f'<bulk:BulkReportingRootElement xmlns:bulk="{GRADUATED}"><bulk:BulkReportingFileHeader>'
        f"<bulk:BulkReportingId>{file_id}</bulk:BulkReportingId></bulk:BulkReportingFileHeader>{records}"
        "</bulk:BulkReportingRootElement>"
    )


class TestGraduates:
    def test_the_numbers_of_the_example_are_refused_one_by_one(self, level1, licence):
        numbers = [f"E4G0AA0A00A0A{each}" for each in range(1, 5)]
        upload = sent(graduates_file(*numbers), by=level1)
        assert (upload.operation, upload.file_id, upload.format) == ("graduates", "1234", "graduates")
        upload = checked(upload)
        assert codes(upload) == [["files.no_cas_found"]] * 4
        assert upload.summary["totals"]["rejected"] == 4

    def test_a_file_of_the_home_office_notifies_those_that_can_be_notified(self, level2, allocation, caseworker):
        graduate = a_graduate(level2, caseworker)
        refused = a_graduate(level2, caseworker, 1, outcome="REFUSED")
        live = in_status("ASSIGNED", by=level2, caseworker=caseworker, passport_number="Live")
        upload = checked(sent(graduates_file(graduate.number, refused.number, live.number), by=level2))
        assert codes(upload) == [[], ["duties.graduate_not_granted"], ["duties.graduate_not_used"]]
        assert imported(upload).results == {"done": 1, "left_out": 2, "no_longer": 0}
        assert [made.cas for made in Activity.objects.filter(is_standing_graduation=True)] == [graduate]
        assert codes(checked(sent(graduates_file(graduate.number, file_id="1235"), by=level2))) == [
            ["duties.graduate_notified_already"]
        ]

    def test_another_report_in_such_a_file_is_refused(self, level2, allocation, caseworker):
        upload = checked(sent(graduates_file(a_graduate(level2, caseworker).number, report="ENROLLED"), by=level2))
        assert codes(upload) == [["files.unknown_report"]]

    def test_a_sheet_with_nothing_but_cas_numbers_is_taken_for_graduates(self, level2, allocation, caseworker):
        graduate = a_graduate(level2, caseworker)
        upload = sent(sheet({"CAS number": graduate.number, "Family name": "x"}), by=level2)
        assert upload.operation == "graduates"
        assert imported(checked(upload)).results["done"] == 1

    def test_a_pasted_applicant_id_means_the_cas_that_was_granted(self, level2, allocation, caseworker):
        graduate = a_graduate(level2, caseworker, applicant_id="S-0042")
        in_status("ASSIGNED", by=level2, caseworker=caseworker, passport_number="Later", applicant_id="S-0042")
        upload = imported(checked(pasted("s 0042", operation="graduates", by=level2)))
        assert [made.cas for made in Activity.objects.all()] == [graduate]
        assert upload.name == "Pasted list"


class TestWithdrawals:
    @pytest.fixture
    def two(self, level2, allocation, caseworker):
        return [in_status("ASSIGNED", by=level2, caseworker=caseworker, passport_number=f"W{i}") for i in range(2)]

    def statuses(self, cas_list):
        rows = CAS.objects.filter(pk__in=[cas.pk for cas in cas_list]).order_by("pk")
        return list(rows.values_list("status", "withdrawal_reason"))

    def test_a_sheet_has_a_reason_for_each(self, two, level1):
        rows = [{"CAS number": cas.number, "Reason for withdrawing": f"Reason {n}"} for n, cas in enumerate(two)]
        upload = sent(sheet(*rows), by=level1)
        assert upload.operation == "withdraw"
        assert imported(checked(upload)).results["done"] == 2
        assert self.statuses(two) == [("WITHDRAWN", "Reason 0"), ("WITHDRAWN", "Reason 1")]
        assert {Event.objects.about("cas", cas.pk).last().by for cas in two} == {level1}

    def test_a_pasted_list_has_one_reason_for_all(self, two, level1):
        upload = pasted(*(cas.number for cas in two), operation="withdraw", by=level1)
        assert imported(checked(upload, withdrawal_reason="Course closed")).results["done"] == 2
        assert self.statuses(two) == [("WITHDRAWN", "Course closed")] * 2

    def test_xml_of_our_own_withdraws(self, two, level1):
        xml = f"""<BulkDataWithdrawals xmlns="{OURS}"><Withdrawal><CASNumber>{two[0].number}</CASNumber>
          <Reason>Course closed</Reason></Withdrawal></BulkDataWithdrawals>"""
        assert imported(checked(sent(xml, by=level1))).results["done"] == 1
        assert self.statuses(two)[0] == ("WITHDRAWN", "Course closed")

    @pytest.mark.parametrize("status", sorted(set(CASStatus.values) - {"ASSIGNED", "WORK IN PROGRESS", "READY TO GO"}))
    def test_only_assigned_cas_can_be_withdrawn(self, status, level1, level2, allocation, caseworker):
        cas = in_status(status, by=level2, caseworker=caseworker)
        upload = checked(pasted(cas.number, operation="withdraw", by=level1), withdrawal_reason="Because")
        assert sentences(upload) == [[f"This CAS is {status}. You can withdraw it only while it is ASSIGNED."]]
        assert codes(upload) == [["cas.not_in_this_status"]]

    def test_each_needs_a_reason(self, two, level1):
        rows = [{"CAS number": two[0].number, "Reason for withdrawing": ""}]
        rows += [{"CAS number": two[1].number, "Reason for withdrawing": "x" * 1001}]
        assert codes(checked(sent(sheet(*rows), by=level1))) == [["cas.no_reason_to_withdraw"], ["cas.field_invalid"]]

    def test_a_level_2_user_can_neither_send_nor_import_withdrawals(self, two, level1, level2):
        xml = f"""<BulkDataWithdrawals xmlns="{OURS}"><Withdrawal><CASNumber>{two[0].number}</CASNumber>
          <Reason>Because</Reason></Withdrawal></BulkDataWithdrawals>"""
        with pytest.raises(NotAllowed, match="Only a Level 1 user can withdraw"):
            sent(xml, by=level2)
        with pytest.raises(NotAllowed, match="Only a Level 1 user can withdraw"):
            pasted(two[0].number, operation="withdraw", by=level2)
        assert sent(sheet({"CAS number": "x", "Reason for withdrawing": "y"}), by=level2).operation != "withdraw"
