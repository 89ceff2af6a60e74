"""The form of an agent of the register."""

from __future__ import annotations

from cas.details import fields
from sms.core.govuk.versioned import VersionedForm


class AgentForm(VersionedForm):
    """The fields of the section Agent of the CAS form, except the question whether an agent was used.

    Its version is the id of the last line of the agent's history.
    """

    agent_name = fields.BY_NAME["agent_name"].formfield(required="Enter the official name of the agency")
    agent_contact_name = fields.BY_NAME["agent_contact_name"].formfield(required="Enter the main contact at the agency")
    agent_address_line_1 = fields.BY_NAME["agent_address_line_1"].formfield(required="Enter address line 1")
    agent_address_line_2 = fields.BY_NAME["agent_address_line_2"].formfield()
    agent_address_line_3 = fields.BY_NAME["agent_address_line_3"].formfield()
    agent_city = fields.BY_NAME["agent_city"].formfield(required="Enter the city or town")
    agent_county = fields.BY_NAME["agent_county"].formfield()
    agent_postcode = fields.BY_NAME["agent_postcode"].formfield()
    agent_country = fields.BY_NAME["agent_country"].formfield(required="Enter the country")
