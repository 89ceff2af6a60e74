"""The form of a pre-stored study address."""

from __future__ import annotations

from cas.details import fields
from cas.models.study_address import NAME_SIZE
from sms.core.govuk.fields import TextField
from sms.core.govuk.forms import GovukForm


class StudyAddressForm(GovukForm):
    """A name, and the study address fields of the CAS form."""

    name = TextField(
        "Name of the address",
        max_length=NAME_SIZE,
        required="Enter a name",
        help_text="The name that users choose from the list, such as Main campus",
    )

    study_address_line_1 = fields.BY_NAME["study_address_line_1"].formfield(
        required="Enter the first line of the address"
    )
    study_address_line_2 = fields.BY_NAME["study_address_line_2"].formfield(required=False)
    study_address_line_3 = fields.BY_NAME["study_address_line_3"].formfield(required=False)
    study_city = fields.BY_NAME["study_city"].formfield(required=False)
    study_county = fields.BY_NAME["study_county"].formfield(required=False)
    study_postcode = fields.BY_NAME["study_postcode"].formfield(required=False)
