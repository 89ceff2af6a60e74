"""Words of the history for licences, users, allocations and jobs (specification, section 12)."""

from __future__ import annotations

from collections.abc import Collection

from licences.compliance_rating import ComplianceRating
from licences.lifecycle import LICENCE_LIFECYCLE
from licences.models import User
from licences.models.action_plan import Answer
from licences.models.assessment import Outcome
from licences.models.key_person import Post
from licences.roles import Role
from licences.routes import Route
from licences.sponsor_status import SponsorStatus
from licences.words import Words
from sms.core.govuk import formats


def names_of_users(ids: Collection[int]) -> dict[int, str]:
    """Return the name and user ID of each user, by the user's key."""
    users = User.objects.filter(pk__in=ids).values_list("pk", "name", "username")
    return {pk: f"{name} ({username})" for pk, name, username in users}


WORDS = Words(
    kinds={"licence": "Licence", "user": "User", "allocation": "Allocation", "job": "Background job"},
    titles={
        **LICENCE_LIFECYCLE.titles("licence"),
        ("licence", "add_route"): "Route added",
        ("licence", "amend"): "Amended",
        ("licence", "set_sponsor_status"): "Status of the sponsor changed",
        ("licence", "set_compliance_rating"): "Compliance rating changed",
        ("licence", "replace_key_person"): "Key person replaced",
        ("licence", "amend_key_person"): "Details of a key person changed",
        ("licence", "apply_for_assessment"): "Application for a Basic Compliance Assessment recorded",
        ("licence", "decide_assessment"): "Basic Compliance Assessment decided",
        ("licence", "add_premium_service"): "Premium customer service added",
        ("licence", "pay_premium_service"): "Fee of the premium customer service recorded as paid",
        ("licence", "issue_action_plan"): "Action plan issued",
        ("licence", "answer_action_plan"): "Action plan answered",
        ("licence", "pay_action_plan"): "Fee of the action plan recorded as paid",
        ("licence", "complete_action_plan"): "Action plan completed",
        ("licence", "set_automatic_renewal"): "Automatic renewal changed",
        ("licence", "surrender_route"): "Route surrendered",
        ("licence", "add_user"): "User added",
        ("licence", "amend_user"): "User profile changed",
        ("licence", "deactivate_user"): "User deactivated",
        ("licence", "reactivate_user"): "User reactivated",
        ("user", "add"): "User added",
        ("user", "amend"): "Amended",
        ("licence", "require_second_factor"): "Second factor for all users changed",
        ("user", "turn_on_second_factor"): "Second factor turned on",
        ("user", "replace_second_factor"): "Authenticator app replaced",
        ("user", "turn_off_second_factor"): "Second factor turned off",
        ("user", "reset_second_factor"): "Second factor reset",
        ("user", "make_recovery_codes"): "New recovery codes made",
        ("user", "use_recovery_code"): "Recovery code used",
        ("user", "ask_for_email_link"): "Asked for a link to confirm an email address",
        ("user", "cancel_email_link"): "Change of the email address cancelled",
        ("user", "change_email"): "Email address changed by a link",
        ("user", "confirm_email"): "Email address confirmed by a link",
        ("user", "deactivate"): "Deactivated",
        ("user", "reactivate"): "Reactivated",
        ("user", "end_sessions"): "Signed out everywhere",
        ("user", "send_link"): "Link to choose a password emailed",
        ("user", "choose_password"): "Password chosen by a link",
        ("user", "change_password"): "Password changed",
        ("user", "set_password"): "New password given",  # before users chose all passwords themselves
        ("user", "lock"): "Locked for 30 minutes after 3 wrong passwords or codes",
        ("user", "unlock"): "Unlocked",
        ("allocation", "grant"): "Allocation granted",
        ("allocation", "renew"): "Renewed automatically",
        ("allocation", "change_granted"): "Number of places changed",
        ("job", "retry"): "Retried",
        ("job", "discard"): "Discarded",
    },
    labels={
        "number": "Licence number",
        "name": "Name",
        "status": "Status",
        "sponsor_status": "Status of the sponsor",
        "compliance_rating": "Compliance rating",
        "address": "Trading address",
        "telephone": "Telephone",
        "website": "Website",
        "post": "Post",
        "job_title": "Job title",
        "from_on": "From",
        "until_on": "Until",
        "applied_on": "Applied on",
        "decided_on": "Decided on",
        "outcome": "Outcome",
        "valid_until_on": "Valid until",
        "fee_pence": "Fee",
        "paid_on": "Paid on",
        "issued_on": "Issued on",
        "details": "What to improve",
        "answer": "Answer",
        "answered_on": "Answered on",
        "completed_on": "Completed on",
        "is_renewed_automatically": "Allocations renew automatically",
        "starts_on": "First day",
        "expires_on": "Last day",
        "route": "Route",
        "reason": "Reason",
        "username": "User ID",
        "email": "Email address",
        "new_email": "New email address",
        "role": "Kind of user",
        "is_active": "May sign in",
        "is_second_factor_required": "Second factor for all users",
        "recovery_codes_left": "Recovery codes left",
        "new_owner": "New owner of their CAS and batches",
        "granted": "Places granted",
    },
    shown={
        "sponsor_status": lambda value: str(SponsorStatus(value).label),
        "route": lambda value: str(Route(value).label),
        "role": lambda value: str(Role(value).label),
        "compliance_rating": lambda value: str(ComplianceRating(value).label),
        "post": lambda value: str(Post(value).label),
        "outcome": lambda value: str(Outcome(value).label),
        "answer": lambda value: str(Answer(value).label),
        "fee_pence": formats.pounds,
    },
    names={"user": names_of_users},
)


def words() -> Words:
    return WORDS
