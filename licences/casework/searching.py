"""The search of an admin list. What is searched for travels by POST, and the address holds only a random key."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from licences.models import Licence, StoredSearch
from licences.requests import SignedInRequest
from licences.stored_searches import load_search
from sms.core.characters import bare
from sms.core.govuk.fields import GovukField
from sms.core.govuk.forms import GovukForm

AT_MOST = 200  # characters of a text that is searched for
SOUGHT = "sought"


class Searchable:
    """The part of an admin list that searches it. A list without a `sought` field has no search."""

    opts: Any
    sought: ClassVar[GovukField | None] = None

    def search(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Return the records that fit the text."""
        raise NotImplementedError

    def search_form(self, data: Any = None) -> GovukForm | None:
        """Return the form of the search; None if the list has none."""
        if self.sought is None:
            return None
        form = GovukForm(data)
        form.fields[SOUGHT] = deepcopy(self.sought)
        return form

    def keep_search(self, request: SignedInRequest) -> StoredSearch:
        """Keep what was sent, which is valid, and return it."""
        asked = {SOUGHT: [request.POST[SOUGHT]]}
        return StoredSearch.objects.keep(self._screen, asked, by=request.user)

    def searched(self, request: Any) -> GovukForm | None:
        """Return the form of the search, filled with what the address says was searched for."""
        key = request.GET.get("q", "")
        if not key or self.sought is None:
            return self.search_form()
        kept = load_search(request, key, self._screen)
        return self.search_form({SOUGHT: kept.asked[SOUGHT][0]})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return the records that a kept search finds. Django calls this with its key, the parameter `q`."""
        form = self.searched(request) if search_term else None
        if form is None or not form.is_valid():
            return queryset, False
        return self.search(queryset, form.cleaned_data[SOUGHT]), False

    @property
    def _screen(self) -> str:
        return f"admin:{self.opts.model_name}"


def licences_named(text: str) -> QuerySet[Licence]:
    """Return the licences with this number, or of sponsors whose name contains the text."""
    return Licence.objects.filter(Q(number=bare(text).upper()) | Q(name__icontains=text))


def of_sponsor(records: QuerySet[Any], text: str, path: str = "licence") -> QuerySet[Any]:
    """Return the records of the sponsors that `licences_named` finds."""
    found: models.QuerySet[Licence] = licences_named(text)
    return records.filter(**{f"{path}__in": found})
