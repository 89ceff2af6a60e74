from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate

from licences.lifecycle import WHAT_WOULD_END, WHEN_ENDED

if TYPE_CHECKING:
    from licences.models import Licence, User


class CASConfig(AppConfig):
    name = "cas"
    verbose_name = "CAS"

    def ready(self) -> None:
        from cas import reference, startup  # models are there only now

        post_migrate.connect(reference.refill, sender=self)
        register(startup.check_payment_provider)
        WHEN_ENDED.append(cancel_live_cas)
        WHAT_WOULD_END.append(what_would_be_cancelled)


def cancel_live_cas(licence: Licence, routes: Iterable[str], by: User) -> None:
    """When a licence or some of its routes end, their live CAS are cancelled (specification, section 3)."""
    from cas.models import CAS  # models are there only when it is called
    from licences.models import User

    CAS.objects.filter(licence=licence, route__in=list(routes)).cancel(by=User.objects.system())


def what_would_be_cancelled(licence: Licence, routes: Iterable[str]) -> str:
    """How many CAS `cancel_live_cas` would cancel now, as a sentence."""
    from cas.models import CAS  # models are there only when it is called

    count = CAS.objects.filter(licence=licence, route__in=list(routes)).cancellable().count()
    return f"{count:,} CAS will be CANCELLED." if count else "No CAS will be cancelled: none is live."
