"""List and run the regular jobs, which the system does by itself each minute."""

from __future__ import annotations

import logging
from collections.abc import Callable

from bulk_data_transfer.regular_jobs import delete_old_exports, delete_old_uploads
from cas.regular_jobs import (
    ask_providers_again,
    chase_silent_orders,
    count_for_sqlite,
    delete_old_printouts,
    expire_cas,
    send_late_sandbox_callbacks,
)
from licences.clock_guard import record_run
from licences.regular_jobs import (
    delete_ended_sessions,
    delete_old_drafts,
    delete_old_emails,
    delete_old_jobs,
    delete_old_searches,
    delete_old_sign_ins,
    delete_old_tasks,
    expire_licences,
    put_back_jobs,
    renew_allocations,
    send_messages_by_email,
)
from sms.core.unavailable import why

logger = logging.getLogger(__name__)

JOBS: tuple[Callable[[], int], ...] = (
    expire_licences,
    expire_cas,
    renew_allocations,
    send_late_sandbox_callbacks,
    chase_silent_orders,
    ask_providers_again,
    send_messages_by_email,
    put_back_jobs,
    delete_old_drafts,
    delete_old_searches,
    delete_old_printouts,
    delete_old_exports,
    delete_old_uploads,
    delete_old_sign_ins,
    delete_old_emails,
    delete_old_jobs,
    delete_old_tasks,
    delete_ended_sessions,
    count_for_sqlite,
    record_run,  # last, because the others compare the clock with the previous run
)

# Jobs that call payment providers or the mail server, which can take long.
CALLS = frozenset({send_late_sandbox_callbacks, chase_silent_orders, ask_providers_again, send_messages_by_email})


def run_all() -> dict[str, int | None]:
    """Run every job, even if another one fails. Return the result of each by name; None if it failed."""
    return {job.__name__: _run(job) for job in JOBS}


def run_calls() -> dict[str, int | None]:
    """Run the jobs that call payment providers or the mail server."""
    return {job.__name__: _run(job) for job in JOBS if job in CALLS}


def run_others() -> dict[str, int | None]:
    """Run the jobs that call no other server."""
    return {job.__name__: _run(job) for job in JOBS if job not in CALLS}


def _run(job: Callable[[], int]) -> int | None:
    try:
        return job()
    except Exception as error:
        if (reason := why(error)) is None:
            logger.exception("The job %s failed", job.__name__)
        else:  # the job runs again soon, and a traceback would add nothing
            logger.warning("The job %s waits: the database or a disk is %s", job.__name__, reason)
        return None
