"""Refusals by the rules about licences, allocations and users. A code never changes and is never reused."""

from sms.core.refused import Refusal

# Who may do it
NOT_ALLOWED = Refusal("licences.not_allowed", 403, "Only {who} can {what}.")
MOVE_NOT_ALLOWED = Refusal("licences.move_not_allowed", 403, "Only {who} can do this: {move}.")
NOT_A_SPONSORS_USER = Refusal("licences.not_a_sponsors_user", 403, "Only users of a sponsor can do this.")

# What a licence allows
SUSPENDED = Refusal(
    "licences.suspended",
    403,
    "Your licence is SUSPENDED. You cannot assign CAS until the Home Office reinstates it.",
)
ENDED_SO_NO_ASSIGNING = Refusal(
    "licences.ended_so_no_assigning", 403, "Your licence is {status}. You can no longer assign CAS."
)
PAST_LAST_DAY_SO_NO_ASSIGNING = Refusal(
    "licences.past_last_day_so_no_assigning", 403, "Your licence ended on {day}. You can no longer assign CAS."
)
ROUTE_NOT_COVERED_SO_NO_ASSIGNING = Refusal(
    "licences.route_not_covered_so_no_assigning",
    403,
    "Your licence does not cover the {route} route. You cannot assign CAS for it.",
)
ENDED_SO_NO_SAVING = Refusal(
    "licences.ended_so_no_saving", 403, "Your licence is {status}. You can no longer create or change CAS."
)
ROUTE_NOT_COVERED_SO_NO_SAVING = Refusal(
    "licences.route_not_covered_so_no_saving",
    403,
    "Your licence does not cover the {route} route. You can only delete its CAS.",
)
NO_ROUTE = Refusal("licences.no_route", 403, "Your licence does not cover any route, so you cannot create CAS.")

# Keeping licences
ENDED_SO_NO_CHANGES = Refusal(
    "licences.ended_so_no_changes", 409, "This licence is {status}. Its details no longer change."
)
FIRST_DAY_IN_THE_FUTURE = Refusal("licences.first_day_in_the_future", 422, "First day must not be in the future")
FIRST_DAY_BEFORE_THE_LAST_ONE = Refusal(
    "licences.first_day_before_the_last_one",
    422,
    "First day must be {day} or later: the present entry began on that day",
)
RATING_UNCHANGED = Refusal("licences.rating_unchanged", 409, "The licence has this compliance rating already")
LAST_DAY_BEFORE_FIRST = Refusal("licences.last_day_before_first", 422, "Last day must not be before the first day")
LAST_DAY_IN_THE_PAST = Refusal(
    "licences.last_day_in_the_past",
    422,
    "Last day must not be in the past. To end a licence now, revoke or surrender it",
)
NOT_EXPIRED_YET = Refusal("licences.not_expired_yet", 409, "This licence has not expired yet.")
ROUTE_NOT_COVERED = Refusal("licences.route_not_covered", 409, "This licence does not cover the {route} route.")

# Key people, and services of the Home Office
POST_IS_VACANT = Refusal("licences.post_is_vacant", 409, "The licence has no {post} yet.")
KEY_PERSON_REPLACED = Refusal(
    "licences.key_person_replaced",
    409,
    "Another person has become the {post} since this was requested, so it cannot be granted.",
)
ASSESSMENT_UNDECIDED = Refusal(
    "licences.assessment_undecided", 409, "An earlier application for a Basic Compliance Assessment is undecided."
)
ASSESSMENT_DECIDED = Refusal("licences.assessment_decided", 409, "This assessment is decided already.")
APPLIED_IN_THE_FUTURE = Refusal(
    "licences.applied_in_the_future", 422, "Day of the application must not be in the future"
)
NOT_DECIDED_ON_THAT_DAY = Refusal(
    "licences.not_decided_on_that_day", 422, "Decided on must be today or earlier, and not before the application"
)
VALID_UNTIL_WHEN = Refusal(
    "licences.valid_until_when", 422, "Enter the last day of the assessment, which is not before the decision"
)
PREMIUM_OVERLAPS = Refusal(
    "licences.premium_overlaps",
    422,
    "The licence has premium customer service from {first_day} to {last_day} already. Choose a later day",
)
FEE_PAID_ALREADY = Refusal("licences.fee_paid_already", 409, "This fee is recorded as paid already.")
PAID_IN_THE_FUTURE = Refusal("licences.paid_in_the_future", 422, "Day of payment must not be in the future")
ACTION_PLAN_OPEN = Refusal(
    "licences.action_plan_open", 409, "The licence has an action plan that is neither declined nor completed."
)
ACTION_PLAN_ANSWERED = Refusal(
    "licences.action_plan_answered", 409, "Another user has answered this action plan. The answer is final."
)
ACTION_PLAN_NOT_PAYABLE = Refusal(
    "licences.action_plan_not_payable", 409, "No fee of this action plan is due: it must be accepted, and not yet paid."
)
ACTION_PLAN_NOT_COMPLETABLE = Refusal(
    "licences.action_plan_not_completable",
    409,
    "This action plan cannot be completed: it must be accepted, and its fee paid.",
)

# Allocations
ALLOCATION_FOR_UNCOVERED_ROUTE = Refusal(
    "licences.allocation_for_uncovered_route", 409, "This licence does not cover the route."
)
ALLOCATION_OVERLAPS = Refusal(
    "licences.allocation_overlaps",
    409,
    "There is already an allocation for this route from {first_day} to {last_day}",
)
TOO_FEW_PLACES = Refusal(
    "licences.too_few_places",
    409,
    "Your allocation for the {allocation} has {unused} unused of {granted} ({used} used, {held} held for payments). "
    "You need {number}.",
)
FEWER_THAN_TAKEN = Refusal(
    "licences.fewer_than_taken",
    409,
    "Too few places: grant at least {taken}. Used: {used}; held for payments: {held}.",
)

# Requests of sponsors to the Home Office
ENDED_SO_NO_REQUESTS = Refusal(
    "licences.ended_so_no_requests", 409, "This licence is {status}. Its sponsor can no longer make requests."
)
ROUTE_NOT_COVERED_SO_NO_REQUEST = Refusal(
    "licences.route_not_covered_so_no_request", 409, "The licence does not cover the {route} route."
)
REQUEST_OPEN_ALREADY = Refusal(
    "licences.request_open_already",
    409,
    "Your sponsor already has an open request for this. Delete or withdraw it to make another.",
)
REQUEST_SAVED_MEANWHILE = Refusal(
    "licences.request_saved_meanwhile", 409, "Another user changed this request while you were changing it."
)
REQUESTS_CHANGED_MEANWHILE = Refusal(
    "licences.requests_changed_meanwhile",
    409,
    "Another user changed these requests while you had the page open. Check them and submit again.",
)
REQUEST_NOT_FOUND = Refusal("licences.request_not_found", 404, "No request was found.")
ENDED_SO_ONLY_REFUSED = Refusal(
    "licences.ended_so_only_refused", 409, "This licence is {status}. Its requests can only be refused."
)
ROUTE_ENDED_SO_ONLY_REFUSED = Refusal(
    "licences.route_ended_so_only_refused",
    409,
    "The licence no longer covers the {route} route. Its requests can only be refused.",
)
INCREASE_FROZEN = Refusal(
    "licences.increase_frozen",
    409,
    "The sponsor’s compliance rating is amber. Requests for an increase are frozen while it is amber.",
)
NOT_STARTED_SO_NO_INCREASE = Refusal(
    "licences.not_started_so_no_increase",
    409,
    "The allocation for the {allocation} starts on {day}. An increase can be requested from then on.",
)
YEAR_ENDED_SO_NO_INCREASE = Refusal(
    "licences.year_ended_so_no_increase",
    409,
    "The allocation for the {allocation} ended on {day}. Its renewal can be requested instead.",
)
NOTHING_TO_RENEW = Refusal(
    "licences.nothing_to_renew",
    409,
    "There is no allocation for the {route} route yet, so there is nothing to renew. An increase can be requested.",
)
RENEWAL_NOT_OPEN = Refusal(
    "licences.renewal_not_open",
    409,
    "The allocation for the {allocation} lasts until {last_day}. Its renewal can be requested from {day}.",
)
GIVE_REASONS_FOR_NUMBER = Refusal(
    "licences.give_reasons_for_number", 422, "Give reasons for asking for more than {number}"
)
ENDED_SO_NO_RENEWAL = Refusal(
    "licences.ended_so_no_renewal", 409, "This licence is {status}. Its allocations are no longer renewed."
)
NOTHING_TO_SUBMIT = Refusal("licences.nothing_to_submit", 409, "There are no saved requests to submit.")

# Messages from the Home Office
MESSAGE_HAS_BEGUN = Refusal(
    "licences.message_has_begun",
    409,
    "This message has begun or ended, so it no longer changes. You can write another.",
)
MESSAGE_SENT_ALREADY = Refusal("licences.message_sent_already", 409, "This message was sent already.")
MESSAGE_IS_OVER = Refusal("licences.message_is_over", 409, "This message has ended, or its last day has passed.")
MESSAGE_FROM_THE_PAST = Refusal(
    "licences.message_from_the_past", 422, "The first day of the message must be today or later"
)
MESSAGE_UNTIL_BEFORE_FROM = Refusal(
    "licences.message_until_before_from", 422, "Until must be the first day of the message or later"
)
MESSAGE_TO_NO_SPONSOR = Refusal(
    "licences.message_to_no_sponsor", 409, "No sponsor fits the conditions of this message. Amend them to send it."
)
NO_OWN_EMAIL_ADDRESS = Refusal(
    "licences.no_own_email_address", 422, "You have no email address in the portal yet, so select No"
)

# Users, their passwords and links
NOT_LOCKED = Refusal("licences.not_locked", 409, "This account is no longer locked.")
OWN_SIGN_IN = Refusal("licences.own_sign_in", 403, "You cannot take away your own right to sign in: ask another {who}")
USER_NOT_FOUND = Refusal("licences.user_not_found", 404, "No user was found.")
FOR_THE_HOME_OFFICE = Refusal("licences.for_the_home_office", 403, "Only the Home Office can {what} a Level 1 user.")
LAST_USER_IN_CHARGE = Refusal(
    "licences.last_user_in_charge",
    409,
    "This is the last active Level 1 user of the sponsor. Add another Level 1 user first.",
)
DEACTIVATED_ALREADY = Refusal("licences.deactivated_already", 409, "This user is deactivated already.")
ACTIVE_ALREADY = Refusal("licences.active_already", 409, "This user is active already.")
DEACTIVATED_SO_NO_LINK = Refusal(
    "licences.deactivated_so_no_link", 409, "This user is deactivated. Reactivate the user before you send a link."
)
NO_EMAIL_ADDRESS = Refusal(
    "licences.no_email_address", 409, "This user has no email address to send a link to. Enter it first."
)
LINK_NOT_VALID = Refusal("licences.link_not_valid", 409, "This link no longer works.")
PASSWORD_WRONG = Refusal(
    "licences.password_wrong",
    422,
    "Your old password is wrong. After 3 wrong tries, you must wait 30 minutes before you can try again",
)
NETWORK_LIMITED = Refusal(
    "licences.network_limited",
    429,
    "Too many sign-ins from your network have failed. They may not be yours. "
    "Try again in 30 minutes, or from another network",
)

# Second factors, and the own profile
CODE_NOT_OF_THE_APP = Refusal(
    "licences.code_not_of_the_app",
    422,
    "This is not the code that the app shows now. Wait for the next code and enter that. "
    "Check that the time on your phone is right",
)
CODE_WRONG = Refusal(
    "licences.code_wrong",
    422,
    "This code is wrong or was used before. After 3 wrong tries, you must wait 30 minutes before you can try again",
)
CONFIRMED_WRONGLY = Refusal(
    "licences.confirmed_wrongly",
    422,
    "Your password is wrong. After 3 wrong tries, you must wait 30 minutes before you can try again",
)
NO_SECOND_FACTOR = Refusal("licences.no_second_factor", 409, "This user has no second factor.")
SECOND_FACTOR_REQUIRED = Refusal(
    "licences.second_factor_required", 403, "You must have a second factor, so you can only replace the app."
)
OWN_SECOND_FACTOR = Refusal(
    "licences.own_second_factor", 403, "You cannot reset your own second factor: ask another caseworker"
)
EMAIL_CONFIRMED_ALREADY = Refusal(
    "licences.email_confirmed_already", 409, "This is your email address already, and it is confirmed"
)
TOO_MANY_LINKS_TO_ADDRESSES = Refusal(
    "licences.too_many_links_to_addresses", 429, "You can ask for {most} links in an hour. Try again later"
)

# Decisions of caseworkers, and stored searches
CHANGED_SINCE_SHOWN = Refusal(
    "licences.changed_since_shown", 409, "Another user has changed this. Check its history and decide again"
)
ENTERED_ALREADY = Refusal(
    "licences.entered_already", 409, "Another user has just made the same entry. Check it and decide again"
)
SEARCH_NOT_KEPT = Refusal(
    "licences.search_not_kept",
    404,
    "{what} are kept for {days} days, for the user who made them. Start again from Students.",
)

# Background jobs
TOO_MANY_JOBS = Refusal(
    "licences.too_many_jobs",
    429,
    "You can have up to {most} {jobs} in progress. Wait until a {job} is ready, or cancel one.",
)
NOT_YOUR_JOB = Refusal("licences.not_your_job", 403, "Only the user who asked for this can cancel it.")
JOB_HAS_ENDED = Refusal("licences.job_has_ended", 409, "This has already ended.")
JOB_HAS_NOT_FAILED = Refusal("licences.job_has_not_failed", 409, "Only a job that failed can be retried.")
