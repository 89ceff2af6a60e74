"""The refusals of the rules about CAS, batches, orders and printouts. A code is never changed or reused."""

from sms.core.refused import Refusal

# A CAS that is not assigned
NOT_FOUND = Refusal("cas.not_found", 404, "No CAS was found. It has been deleted, or is no longer yours.")
CANNOT_CHANGE = Refusal("cas.cannot_change", 409, "This CAS is {status}, so you cannot change or delete it.")
BEING_PAID_FOR = Refusal("cas.being_paid_for", 409, "This CAS is being paid for. Finish or cancel the payment first.")
SAVED_MEANWHILE = Refusal("cas.saved_meanwhile", 409, "Another user saved this CAS while you were changing it.")
MOVED_MEANWHILE = Refusal(
    "cas.moved_meanwhile", 409, "Another user changed one of these CAS first. Check them and try again."
)
AGENT_NOT_FOUND = Refusal("cas.agent_not_found", 404, "No agent was found.")
ADDRESS_DELETED = Refusal("cas.address_deleted", 404, "Another user has deleted this address.")
TEMPLATE_NOT_FOUND = Refusal("cas.template_not_found", 404, "No course template was found.")
TEMPLATE_SAVED_MEANWHILE = Refusal(
    "cas.template_saved_meanwhile", 409, "Another user saved this course template while you were changing it."
)
AGENT_SAVED_MEANWHILE = Refusal(
    "cas.agent_saved_meanwhile", 409, "Another user changed this agent while you were changing it."
)

# Transfer
NOT_TO_THIS_USER = Refusal("cas.not_to_this_user", 422, "You can only transfer CAS to an active user of your sponsor.")
ONE_BEING_PAID_FOR = Refusal(
    "cas.one_being_paid_for",
    409,
    "One of these CAS is being paid for. Finish or cancel the payment first.",
)

# Why a CAS cannot be assigned
IN_A_BATCH = Refusal("cas.in_a_batch", 409, "This CAS is in the batch “{batch}”. Assign it with the batch.")
NOT_IN_THE_BATCH = Refusal("cas.not_in_the_batch", 409, "This CAS is not in the batch.")
ALREADY_ASSIGNED = Refusal("cas.already_assigned", 409, "This CAS is {status}. It has already been assigned.")
NOT_COMPLETE = Refusal("cas.not_complete", 422, "Some mandatory fields are not complete.")
PAYMENT_OPEN = Refusal("cas.payment_open", 409, "This CAS is being paid for.")
ROUTE_DIFFERS = Refusal("cas.route_differs", 422, "For the {route} route. A batch has one route.")
OWNER_DIFFERS = Refusal(
    "cas.owner_differs",
    422,
    "Owned by {owner}. A batch has one owner. Transfer the CAS first, or assign it on its own.",
)
FIELD_MISSING = Refusal("cas.field_missing", 422, "“{field}” is mandatory.")
FIELD_INVALID = Refusal("cas.field_invalid", 422, "{error}")
SAVE_AGAIN = Refusal(
    "cas.save_again",
    409,
    "This CAS is complete by today's rules, but was not when it was saved. Select Amend, and save it again.",
)
COURSE_ENDED = Refusal("cas.course_ended", 422, "The course has already ended. Check the expected course end date.")

# An assigned CAS
NOT_FOUND_ASSIGNED = Refusal("cas.not_found_assigned", 404, "No CAS was found. It is no longer yours.")
NOT_IN_THIS_STATUS = Refusal(
    "cas.not_in_this_status", 409, "This CAS is {status}. You can {what} only while it is {statuses}."
)
LICENCE_ENDED = Refusal("cas.licence_ended", 409, "The licence or its route has ended. You can no longer {what}.")
LICENCE_ENDED_SO_ONLY_IN = Refusal(
    "cas.licence_ended_so_only_in",
    409,
    "The licence or its route has ended. You can {what} only if it is {statuses}.",
)
NO_REASON_TO_WITHDRAW = Refusal("cas.no_reason_to_withdraw", 422, "Give the reason for withdrawing this CAS.")
APPLICATION_OUTSIDE_VALIDITY = Refusal(
    "cas.application_outside_validity",
    422,
    "The date of application must be between the date assigned and the expiry date, and not in the future.",
)
LICENCE_ENDED_SO_NOT_USED = Refusal(
    "cas.licence_ended_so_not_used", 409, "The licence or its route has ended, so this CAS cannot be used."
)
NO_APPLICATION = Refusal("cas.no_application", 409, "Record the application first.")
NO_APPLICATION_TO_CLOSE = Refusal("cas.no_application_to_close", 409, "This CAS has no application to close.")
CLOSING_DAY_IMPOSSIBLE = Refusal(
    "cas.closing_day_impossible",
    422,
    "The date of closing must be on or after the date of application, and not in the future.",
)
NOT_PERHAPS_THE_SAME = Refusal(
    "cas.not_perhaps_the_same", 422, "One of the CAS that you selected is not for perhaps the same individual."
)
DECISION_DAY_IMPOSSIBLE = Refusal(
    "cas.decision_day_impossible",
    422,
    "The date of the decision must be on or after the date of application, and not in the future.",
)
NOT_REFUSED = Refusal("cas.not_refused", 409, "The application was not refused, so there is nothing to review.")
REVIEW_DAY_IMPOSSIBLE = Refusal(
    "cas.review_day_impossible",
    422,
    "The date of the administrative review must be on or after the date used, and not in the future.",
)
NO_REVIEW = Refusal("cas.no_review", 409, "Record the successful administrative review first.")
NEW_DECISION_DAY_IMPOSSIBLE = Refusal(
    "cas.new_decision_day_impossible",
    422,
    "The date of the new decision must be on or after the date of the administrative review, and not in the future.",
)

# Batches
BATCH_NOT_FOUND = Refusal("cas.batch_not_found", 404, "No batch was found. It has been deleted, or is no longer yours.")
BATCH_DELETED = Refusal("cas.batch_deleted", 404, "This batch has been deleted, or is no longer yours.")
BATCH_ASSIGNED = Refusal("cas.batch_assigned", 409, "This batch is assigned, so you cannot change it.")
BATCH_BEING_PAID_FOR = Refusal(
    "cas.batch_being_paid_for", 409, "This batch is being paid for. Finish or cancel the payment first."
)
BATCH_CHANGED_MEANWHILE = Refusal(
    "cas.batch_changed_meanwhile", 409, "Another user changed this batch while you had it open."
)
BATCH_NAME_SIZE = Refusal("cas.batch_name_size", 422, "Batch name must be between 1 and {most} characters.")
BATCH_NAME_TAKEN = Refusal(
    "cas.batch_name_taken", 409, "Your sponsor already has a batch with this name. Choose another name."
)
BATCH_EMPTY = Refusal("cas.batch_empty", 409, "There are no CAS in this batch yet. Select Add CAS to add one.")
BATCH_OF_ANOTHER_ROUTE = Refusal("cas.batch_of_another_route", 409, "This batch is for the {route} route.")
ONE_OF_ANOTHER_ROUTE = Refusal(
    "cas.one_of_another_route", 409, "This batch is for the {route} route, but one of these CAS is not."
)
ONLY_ON_EACH_CAS = Refusal(
    "cas.only_on_each_cas", 422, "“{field}” is different for each student. Change it on each CAS."
)
SEVERAL_SAVED_MEANWHILE = Refusal(
    "cas.several_saved_meanwhile", 409, "Another user saved some of these CAS while you had this page open."
)
NONE_READY = Refusal(
    "cas.none_ready", 409, "No CAS in this batch can be assigned yet. Complete or correct at least one of them first."
)
ALL_READY = Refusal("cas.all_ready", 409, "Every CAS in this batch can be assigned. Assign the whole batch.")
IN_A_BATCH_ALREADY = Refusal(
    "cas.in_a_batch_already", 409, "This CAS is already in the batch “{batch}”. Move it from the details of that batch."
)
ONE_IN_A_BATCH = Refusal(
    "cas.one_in_a_batch", 409, "Another user has put one of these CAS into a batch. Check them and try again."
)
ONE_NOT_FREE = Refusal(
    "cas.one_not_free",
    409,
    "One of these CAS has been deleted or assigned, or is being paid for. No CAS was moved.",
)

# Orders
ONE_NOT_FOUND = Refusal("cas.one_not_found", 404, "A CAS was not found. It has been deleted, or is no longer yours.")
ORDER_OPEN_ALREADY = Refusal(
    "cas.order_open_already", 409, "A payment for this CAS is already open. Continue or cancel it."
)
CHANGED_SINCE_SHOWN = Refusal(
    "cas.changed_since_shown",
    409,
    "Another user changed this CAS after you opened this page. Check it and try again.",
)
BATCH_CHANGED_SINCE_SHOWN = Refusal(
    "cas.batch_changed_since_shown",
    409,
    "Another user changed this batch after you opened this page. Check it and try again.",
)
SEVERAL_ROUTES = Refusal("cas.several_routes", 422, "All CAS in one payment must have the same route.")
NO_ALLOCATION = Refusal("cas.no_allocation", 409, "Your sponsor has no current allocation for this route.")
CHANGED_SINCE_ORDERED = Refusal("cas.changed_since_ordered", 409, "A CAS changed after this payment was started.")
BATCH_CHANGED_SINCE_ORDERED = Refusal(
    "cas.batch_changed_since_ordered", 409, "The batch changed after this payment was started."
)
NO_OTHER_AMOUNT = Refusal("cas.no_other_amount", 409, "The payment service has not reported a different amount.")
REFUND_DAY_IMPOSSIBLE = Refusal(
    "cas.refund_day_impossible", 422, "Date of the refund must be today or earlier, but not before the payment."
)
NO_PAYMENT_RECEIVED = Refusal(
    "cas.no_payment_received", 409, "No payment was received for this order, so it has no receipt."
)
TOO_LATE_TO_PAY = Refusal(
    "cas.too_late_to_pay", 409, "The time to pay has passed. Cancel this payment, then select Assign again."
)

# Rules that change by date
RULE_IN_THE_PAST = Refusal("cas.rule_in_the_past", 422, "From must be today or later")
RULE_THERE_ALREADY = Refusal(
    "cas.rule_there_already", 409, "This rule already has a value from {day}: {value}. Choose another day"
)
RULE_HAS_STARTED = Refusal(
    "cas.rule_has_started", 409, "This value has already started, so you cannot remove it. Set a new value."
)
RULE_REMOVED = Refusal("cas.rule_removed", 404, "Another user has removed this value.")

# Printouts
NOTHING_TO_PRINT = Refusal("cas.nothing_to_print", 422, "There are no CAS to print.")
TOO_MANY_TO_PRINT = Refusal(
    "cas.too_many_to_print",
    422,
    "You can print up to {most} CAS at once. Narrow your search, or print one batch at a time.",
)
NONE_PRINTED = Refusal(
    "cas.none_printed",
    404,
    "None of these CAS could be printed. They have been deleted, or are no longer yours.",
)
PRINTOUT_NOT_KEPT = Refusal(
    "cas.printout_not_kept",
    404,
    "Printouts are kept for {days} days, for the user who asked for them. Print the CAS again.",
)
