"""The base of all kinds of request: what a kind decides for itself, and what is the same for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple, cast

from licences import refusals
from licences.lifecycle import ENDED
from licences.models import Licence, LicenceRequest, User
from licences.models.allocation import MOST_PLACES
from licences.models.licence_request import LONGEST_ANSWER, LONGEST_REASONS
from licences.permissions import Action
from licences.routes import Route
from sms.core.govuk import formats
from sms.core.govuk.fields import DateField, LongTextField, NumberField
from sms.core.govuk.fields.choices import ChoosingField
from sms.core.govuk.forms import GovukForm
from sms.core.govuk.versioned import VersionedForm
from sms.core.refused import Refused

REASONS = "reasons"

Facts = list[tuple[str, str]]  # labels and values, as pages show them


class Group(NamedTuple):
    """The kinds of request that one page offers, and that are submitted together. `view` is the name of its address."""

    name: str
    label: str
    view: str
    intro: str


INCREASE = Group(
    "increase",
    "Request CoS/CAS increase",
    "request_increase",
    "Ask for more places before the year of your allocation ends. Save a request for each route, and then submit them "
    "together.",
)
RENEWAL = Group(
    "renewal",
    "Request renewal of annual CoS/CAS allocations",
    "request_renewal",
    "Ask for the allocations of the next year. Save a request for each route, and then submit them together.",
)
CHANGES = Group(
    "changes",
    "Request changes to licence details",
    "request_changes",
    "Ask the Home Office to change your licence. Save each request, and then submit them together.",
)
SERVICES = Group(
    "services",
    "Apply for or renew services",
    "request_services",
    "Apply to the Home Office. Fees are paid outside this portal, and the Home Office records them on your licence.",
)


class PlacesField(NumberField):
    """A number of places, which is at least 1."""

    def __init__(self, label: str, *, help_text: str) -> None:
        required = f"Enter the {label.lower()}"
        super().__init__(label, required=required, minimum=1, maximum=MOST_PLACES, help_text=help_text)


class RequestForm(VersionedForm):
    """The form of a request. A kind adds its own fields, which come before the reasons.

    `licence` is the sponsor's, and `route` is the route that the request is about, or empty.
    """

    reasons = LongTextField("Give reasons", required="Give reasons for the request", max_length=LONGEST_REASONS)

    def __init__(self, data: Any = None, *, licence: Licence, route: str = "", initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.licence, self.route = licence, route
        self.order_fields([*(name for name in self.fields if name != REASONS), REASONS])

    @property
    def details(self) -> dict[str, Any]:
        """Return the answers other than the reasons, as JSON can hold them."""
        own = {name: value for name, value in self.cleaned_data.items() if name not in {REASONS, "version"}}
        return {name: storable(value) for name, value in own.items()}


class GrantForm(GovukForm):
    """The questions to a caseworker who decides a request. A kind may add fields, which come before the sentence."""

    answer = LongTextField(
        "Decision",
        required="Enter a sentence about the decision",
        max_length=LONGEST_ANSWER,
        rows=3,
        help_text="The sponsor sees this sentence",
    )

    def __init__(self, data: Any = None, *, initial: Any = None, subject: LicenceRequest) -> None:
        super().__init__(data, initial=initial)
        self.subject = subject
        self.order_fields([*(name for name in self.fields if name != "answer"), "answer"])


class Kind:
    """A kind of request. Each is one class in one module of `kinds`, and one line in `table.KINDS`.

    `name` is stored, and part of addresses, so it never changes. `label` is its heading, and `button` the text of the
    link that opens its form. `action` says who may ask for it. If it `has_route`, each request is about one route of
    the licence. `form_class` has the sponsor's questions, and `grant_form_class` the caseworker's.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    group: ClassVar[Group]
    button: ClassVar[str]
    action: ClassVar[Action]
    has_route: ClassVar[bool] = False
    is_final: ClassVar[bool] = False  # whether granting it cannot be undone
    adds_a_user: ClassVar[bool] = False
    form_class: ClassVar[type[RequestForm]] = RequestForm
    grant_form_class: ClassVar[type[GrantForm]] = GrantForm

    @property
    def asks_again(self) -> bool:
        """Return whether users must have confirmed that it is them before they submit or grant it."""
        return self.is_final or self.adds_a_user

    # Before it is asked

    def why_not_ask(self, licence: Licence, route: str) -> Refused | None:
        """Return why the sponsor cannot ask for this at present; None if it can. Asked again when submitting."""
        if licence.status in ENDED:
            return refusals.ENDED_SO_NO_REQUESTS(status=licence.status)
        if self.has_route and route not in licence.open_routes():
            return refusals.ROUTE_NOT_COVERED_SO_NO_REQUEST(route=Route(route).label)
        return None

    def why_not_grant(self, licence: Licence, route: str) -> Refused | None:
        """Return why a request that waits can at present only be refused; None if it can be granted."""
        if licence.status in ENDED:
            return refusals.ENDED_SO_ONLY_REFUSED(status=licence.status)
        if self.has_route and route not in licence.open_routes():
            return refusals.ROUTE_ENDED_SO_ONLY_REFUSED(route=Route(route).label)
        return self.why_frozen(licence)

    def why_frozen(self, licence: Licence) -> Refused | None:
        """Return why requests of this kind can at present be neither submitted nor granted; None if they can."""
        return None

    def now(self, licence: Licence, route: str) -> Facts:
        """Return what is the case now, to show before the sponsor asks."""
        return []

    def notes(self, licence: Licence, route: str) -> list[str]:
        """Return sentences to show above the form."""
        return []

    def initial(self, licence: Licence, route: str) -> dict[str, Any]:
        """Return the values with which the form of a new request begins."""
        return {}

    def topic(self, route: str, details: Mapping[str, Any]) -> str:
        """Return what a request is about. A licence has one open request about it at most, unless it is empty."""
        return f"{self.name} {route}".strip()

    def completed(self, licence: Licence, route: str, details: Mapping[str, Any]) -> dict[str, Any]:
        """Return the details to save: the answers, and what the request must keep of the present state."""
        return dict(details)

    # Once it is saved

    def asked(self, request: LicenceRequest) -> Facts:
        """Return what is asked: the labels of the form's fields, with the answers."""
        return self._shown(self.form_class, request.details)

    def consequences(self, request: LicenceRequest) -> list[str]:
        """Return sentences that say what granting would do now, with numbers of records that would end."""
        return []

    def ends(self, request: LicenceRequest) -> Sequence[str]:
        """Return the routes that granting would end."""
        return ()

    # When it is decided

    def proposed(self, request: LicenceRequest) -> dict[str, Any]:
        """Return the values with which the caseworker's form begins."""
        return {}

    def carry_out(self, request: LicenceRequest, *, by: User, **decided: Any) -> dict[str, Any]:
        """Do what was asked, in the transaction that grants the request. Return what to keep as its `outcome`.

        `decided` has the answers to the caseworker's own questions. Raises `Refused` if it cannot be done, and then the
        request stays undecided.
        """
        raise NotImplementedError

    def granted(self, request: LicenceRequest) -> Facts:
        """Return what was granted: the labels of the caseworker's own questions, with the outcome."""
        return self._shown(self.grant_form_class, request.outcome)

    # Words

    def title(self, route: str) -> str:
        """Return the label, with the route that a request is about."""
        return f"{self.label}: {Route(route).label} route" if route else self.label

    @classmethod
    def labels(cls) -> dict[str, str]:
        """Return the labels of the details and of the outcome, for the history."""
        both = {**cls.form_class.base_fields, **cls.grant_form_class.base_fields}
        return {name: str(field.label) for name, field in both.items() if name != "version"}

    def _shown(self, form: type[GovukForm], values: Mapping[str, Any]) -> Facts:
        fields = {name: form.base_fields[name] for name in values if name in form.base_fields}
        return [(str(field.label), shown(field, values[name])) for name, field in fields.items()]


def storable(value: Any) -> Any:
    """Return the value of a form's field as JSON can hold it."""
    if isinstance(value, date | Decimal):
        return str(value)
    return [storable(each) for each in value] if isinstance(value, list | tuple) else value


def shown(field: Any, value: Any) -> str:
    """Return a stored value of this field as pages show it."""
    if value is None or value == "":
        return ""
    if isinstance(field, ChoosingField) and not isinstance(value, bool):
        labels = {str(code): str(label) for code, label in cast("Iterable[tuple[Any, str]]", field.choices)}
        chosen: Sequence[Any] = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(str(code), str(code)) for code in chosen)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(field, DateField):
        return formats.day(date.fromisoformat(value))
    return formats.number(value) if isinstance(value, int) else str(value)
