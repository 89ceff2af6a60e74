"""Request changes to licence details: replace or amend the Authorising Officer or the Key Contact (section 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from licences import refusals
from licences.detail_forms import KeyPersonForm
from licences.licence_requests.kind import CHANGES, Facts, Kind, RequestForm
from licences.models import KeyPerson, Licence, LicenceRequest, User
from licences.models.key_person import Post
from licences.permissions import Action
from sms.core.refused import Refused


class PersonForm(RequestForm, KeyPersonForm):
    field_order = ("name", "job_title", "email", "telephone")


class OfKeyPerson(Kind):
    """A request about the person in one `post`."""

    post: ClassVar[Post]
    group = CHANGES
    action = Action.REQUESTS_MAKE
    form_class = PersonForm

    def holder(self, licence: Licence) -> KeyPerson | None:
        return KeyPerson.objects.latest_of(licence, self.post)


class Replace(OfKeyPerson):
    def now(self, licence: Licence, route: str) -> Facts:
        holder = self.holder(licence)
        return [(f"{self.post.label} now", f"{holder.name}, {holder.job_title}" if holder else "Not recorded yet")]

    def consequences(self, request: LicenceRequest) -> list[str]:
        name, holder = request.details["name"], self.holder(request.licence)
        begins = f"{name} becomes the {self.post.label} on the day of the decision."
        return [begins, f"{holder.name} is no longer the {self.post.label}."] if holder else [begins]

    def carry_out(self, request: LicenceRequest, *, by: User, **decided: Any) -> dict[str, Any]:
        KeyPerson.objects.replace(request.licence, self.post, request.details, by=by)
        return {}


class Amend(OfKeyPerson):
    """A request to change the details of the person who held the post when it was saved."""

    def why_not_ask(self, licence: Licence, route: str) -> Refused | None:
        """Return the usual reason, or that no person holds the post."""
        if refused := super().why_not_ask(licence, route):
            return refused
        return None if self.holder(licence) else refusals.POST_IS_VACANT(post=self.post.label)

    def initial(self, licence: Licence, route: str) -> dict[str, Any]:
        holder = self.holder(licence)
        return dict(holder.details) if holder else {}

    def completed(self, licence: Licence, route: str, details: Mapping[str, Any]) -> dict[str, Any]:
        """Keep whose details are to be changed: those of the person who held the post when the request was saved."""
        if "holder" in details:
            return dict(details)
        holder = self.holder(licence)
        return {**details, "holder": holder.pk if holder else None}

    def consequences(self, request: LicenceRequest) -> list[str]:
        try:
            now, fields = self._asked_about(request).details, self.form_class.base_fields
        except Refused as refused:
            return [str(refused)]
        return [
            f"{fields[name].label} changes from “{was}” to “{request.details[name]}”."
            for name, was in now.items()
            if was != request.details[name]
        ] or ["Nothing changes: the licence has these details already."]

    def carry_out(self, request: LicenceRequest, *, by: User, **decided: Any) -> dict[str, Any]:
        details = {name: request.details[name] for name in self._asked_about(request).details}
        KeyPerson.objects.amend(request.licence, self.post, details, by=by)
        return {}

    def _asked_about(self, request: LicenceRequest) -> KeyPerson:
        """Return the person. Raises `Refused` if another person has replaced them since the request was saved."""
        holder = self.holder(request.licence)
        if holder is None or holder.pk != request.details["holder"]:
            raise refusals.KEY_PERSON_REPLACED(post=self.post.label)
        return holder


class ReplaceAuthorisingOfficer(Replace):
    name = "replace-authorising-officer"
    label = button = "Replace the Authorising Officer"
    post = Post.AUTHORISING_OFFICER


class AmendAuthorisingOfficer(Amend):
    name = "amend-authorising-officer"
    label = button = "Amend the Authorising Officer"
    post = Post.AUTHORISING_OFFICER


class ReplaceKeyContact(Replace):
    name = "replace-key-contact"
    label = button = "Replace the Key Contact"
    post = Post.KEY_CONTACT


class AmendKeyContact(Amend):
    name = "amend-key-contact"
    label = button = "Amend the Key Contact"
    post = Post.KEY_CONTACT
