"""Decisions of caseworkers about the key people and the ratings of a licence."""

from __future__ import annotations

from typing import Any, ClassVar

from licences import refusals
from licences.casework.decisions import Decision, DecisionForm, ReasonForm
from licences.compliance_rating import ComplianceRating
from licences.detail_forms import KeyPersonForm
from licences.lifecycle import ENDED
from licences.models import KeyPerson, Licence, User
from licences.models.key_person import Post
from licences.sponsor_status import SponsorStatus
from sms.core import clock
from sms.core.govuk.fields import DateField, RadiosField

KEY_PEOPLE = "Key people"
STATUS_AND_RATING = "Status of the sponsor and compliance rating"


class OfLicence(Decision[Licence]):
    """A decision about a licence that has not ended."""

    def is_open(self) -> bool:
        return self.subject.status not in ENDED


class SponsorStatusForm(DecisionForm):
    sponsor_status = RadiosField(
        "Status of the sponsor", required="Select the status of the sponsor", choices=SponsorStatus.choices
    )


class NewSponsorStatusForm(SponsorStatusForm):
    from_on = DateField("First day", required="Enter the first day")


class SetSponsorStatus(OfLicence):
    name, label, done = "sponsor-status", "Change the status of the sponsor", "Status of the sponsor changed"
    about = STATUS_AND_RATING
    is_amendment = True
    form_class = NewSponsorStatusForm

    def initial(self) -> dict[str, Any]:
        return {"sponsor_status": self.subject.sponsor_status, "from_on": clock.today()}

    def consequences(self) -> list[str]:
        return ["The work placement limit of some courses depends on it. Assigned CAS do not change."]

    def decide(self, *, by: User, **values: Any) -> Licence:
        self.subject.set_sponsor_status(values["sponsor_status"], by=by, from_on=values["from_on"])
        return self.subject


class RatingForm(ReasonForm):
    rating = RadiosField("Compliance rating", required="Select the compliance rating", choices=ComplianceRating.choices)
    from_on = DateField("First day", required="Enter the first day")
    field_order = ("rating", "from_on", "reason")


class SetRating(OfLicence):
    name, label, done = "rating", "Change the compliance rating", "Compliance rating changed"
    about = STATUS_AND_RATING
    form_class = RatingForm

    def initial(self) -> dict[str, Any]:
        return {"rating": self.subject.compliance_rating, "from_on": clock.today()}

    def consequences(self) -> list[str]:
        return [
            "Amber: requests for an increase are frozen while the rating is amber.",
            "Red: 10% less is proposed for the next allocation.",
        ]

    def decide(self, *, by: User, **values: Any) -> Licence:
        if values["rating"] == self.subject.compliance_rating:
            raise refusals.RATING_UNCHANGED.about("rating")
        self.subject.set_rating(values["rating"], by=by, reason=values["reason"], from_on=values["from_on"])
        return self.subject


class ReplaceForm(DecisionForm, KeyPersonForm):
    from_on = DateField("First day", required="Enter the first day")


class KeyPersonDecision(OfLicence):
    """A decision about the person in one post, which the name of the decision says."""

    post: ClassVar[Post]
    about = KEY_PEOPLE

    def holder(self) -> KeyPerson | None:
        return KeyPerson.objects.latest_of(self.subject, self.post)

    def consequences(self) -> list[str]:
        return [f"{self.post.label} now: {holder.name}."] if (holder := self.holder()) else []


class Replace(KeyPersonDecision):
    form_class = ReplaceForm

    def initial(self) -> dict[str, Any]:
        return {"from_on": clock.today()}

    def decide(self, *, by: User, **values: Any) -> Licence:
        from_on = values.pop("from_on")
        KeyPerson.objects.replace(self.subject, self.post, values, by=by, from_on=from_on)
        return self.subject


class AmendForm(DecisionForm, KeyPersonForm):
    pass


class Amend(KeyPersonDecision):
    is_amendment = True
    form_class = AmendForm

    def is_open(self) -> bool:
        return super().is_open() and self.holder() is not None

    def initial(self) -> dict[str, Any]:
        holder = self.holder()
        return holder.details if holder else {}

    def decide(self, *, by: User, **values: Any) -> Licence:
        KeyPerson.objects.amend(self.subject, self.post, values, by=by)
        return self.subject


class ReplaceAuthorisingOfficer(Replace):
    name, label = "authorising-officer", "Replace the Authorising Officer"
    done = "Authorising Officer replaced"
    post = Post.AUTHORISING_OFFICER


class AmendAuthorisingOfficer(Amend):
    name, label = "amend-authorising-officer", "Amend the Authorising Officer"
    done = "Authorising Officer amended"
    post = Post.AUTHORISING_OFFICER


class ReplaceKeyContact(Replace):
    name, label = "key-contact", "Replace the Key Contact"
    done = "Key Contact replaced"
    post = Post.KEY_CONTACT


class AmendKeyContact(Amend):
    name, label = "amend-key-contact", "Amend the Key Contact"
    done = "Key Contact amended"
    post = Post.KEY_CONTACT


DECISIONS = (
    SetSponsorStatus,
    SetRating,
    ReplaceAuthorisingOfficer,
    AmendAuthorisingOfficer,
    ReplaceKeyContact,
    AmendKeyContact,
)
