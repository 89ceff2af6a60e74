"""Forms that know which version of a record they were made from."""

from __future__ import annotations

from sms.core.govuk.fields import HiddenField
from sms.core.govuk.forms import GovukForm


class VersionedForm(GovukForm):
    """A form that sends the version of the record it was made from, so that a stale save can be refused."""

    version = HiddenField("Version", required=False)

    def based_on(self) -> int:
        """Return the version that the form was made from; 0 if the form does not say."""
        version = self["version"].text
        return int(version) if version.isdecimal() and version.isascii() and len(version) < 19 else 0
