"""Hooks: an app takes part in the work of an app below it, in any order of `INSTALLED_APPS`."""

import os
import subprocess
import sys
from itertools import permutations

import pytest
from django.conf import settings

from licences import timeline
from sms.core.hooks import Hook

OURS = ("bulk_data_transfer", "sponsorship_duties", "cas", "licences")

PROGRAM = """
import sys
from django.conf import settings
import tests.settings as test_settings
order = sys.argv[1].split(",")
test_settings.INSTALLED_APPS = [*order, *(app for app in test_settings.INSTALLED_APPS if app not in order)]
import django
django.setup()
from cas import hooks as of_cas
from licences import hooks, timeline
for hook in (hooks.licence_ends, hooks.what_would_end, hooks.history_words, hooks.lists_of_licence,
             of_cas.needs_attention, of_cas.tables_of_cas):
    print(sorted(hook._functions))
print(sorted(timeline.titles()), sorted(timeline.kinds()), [m.__name__ for p in hooks.lists_of_licence() for m in p])
"""


def first(text):
    return f"first {text}"


def second(text):
    return f"second {text}"


def test_all_functions_are_called_in_the_order_of_their_names():
    hook = Hook()
    hook.connect(second)
    hook.connect(first)
    assert hook("call") == ["first call", "second call"]


def test_a_function_that_is_connected_twice_is_called_only_once():
    hook = Hook()
    hook.connect(first)
    hook.connect(first)
    assert hook("call") == ["first call"]


def test_two_apps_cannot_have_words_for_the_same_event(monkeypatch):
    twice = [words for words in timeline.history_words() for _ in range(2)]
    monkeypatch.setattr(timeline, "history_words", lambda: twice)
    timeline._merged.cache_clear()
    with pytest.raises(ValueError, match="Two apps"):
        timeline.titles()
    timeline._merged.cache_clear()


@pytest.mark.once
def test_the_order_of_installed_apps_does_not_matter():
    def answers(order):
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-c", PROGRAM, ",".join(order)]
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    (answer,) = {answers(order) for order in permutations(OURS)}
    assert all(name in answer for name in ("cancel_live_cas", "students_to_check", "reports_of", "nothing_to_report"))
