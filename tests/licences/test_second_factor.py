"""The second factor: its codes work once, its secrets are encrypted, and its verbs keep the history."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import InvalidToken
from django.core.management import CommandError, call_command
from django.db import connection

from licences.accounts import encryption, second_factor
from licences.models import Event, User
from sms import startup
from sms.core.refused import Refused
from tests.racing import at_once
from tests.refusals import refused_as
from tests.second_factors import HALF_MINUTE, App, turned_on

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)  # five seconds after the app shows a new code
KEY, NEW_KEY = "first key " * 4, "second key " * 4


@pytest.fixture
def at():
    """Return a function that sets the clock: `at(2)` is two half minutes after nine, when each test begins."""
    with time_machine.travel(NINE, tick=False) as traveller:
        yield lambda steps: traveller.move_to(NINE + timedelta(seconds=steps * HALF_MINUTE))


def verbs(user):
    return list(Event.objects.about("user", user.pk).values_list("verb", flat=True))


def stored():
    """Return everything that the database stores about second factors, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        return " ".join(str(row) for row in cursor.fetchall())


def test_the_present_code_of_the_app_turns_it_on(level1, at):
    app = App(generate_totp_secret())
    codes = second_factor.turn_on(level1, app.secret, app.code())
    assert second_factor.is_on(level1)
    assert len(set(codes)) == 10
    assert {len(code) for code in codes} == {8}
    assert verbs(level1)[-1] == "turn_on_second_factor"


@pytest.mark.parametrize("code", ["000000", "", "12345", "١٢٣٤٥٦", "x" * 20])
def test_another_code_does_not_turn_it_on(level1, at, code):
    with refused_as("licences.code_not_of_the_app"):
        second_factor.turn_on(level1, App("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").secret, code)
    assert not second_factor.is_on(level1)


def test_a_code_can_be_typed_with_spaces_and_half_a_minute_late_or_early(level1, at):
    app, _ = turned_on(level1)
    at(3)
    late = app.code(later=-1)
    assert second_factor.use_code(level1, f" {late[:3]} {late[3:]}")
    assert second_factor.use_code(level1, app.code(later=1))


def test_an_older_or_a_later_code_is_refused(level1, at):
    app, _ = turned_on(level1)
    at(5)
    assert not second_factor.use_code(level1, app.code(later=-2))
    assert not second_factor.use_code(level1, app.code(later=2))


def test_a_used_code_is_refused_as_long_as_the_app_would_be_accepted_with_it(level1, at):
    app, _ = turned_on(level1)
    at(1)
    code = app.code()
    assert second_factor.use_code(level1, code)
    for step in (1, 2):
        at(step)
        assert not second_factor.use_code(level1, code)


def test_without_the_last_step_a_used_code_would_be_accepted_again(level1, at):
    """The twin of the test above."""
    app, _ = turned_on(level1)
    at(1)
    assert second_factor.use_code(level1, app.code())
    row = Authenticator.objects.get(type="totp")
    row.data[second_factor.STEP] = 0
    row.save()
    assert second_factor.use_code(level1, app.code())


def test_a_code_before_one_that_was_used_is_refused(level1, at):
    app, _ = turned_on(level1)
    at(2)
    assert second_factor.use_code(level1, app.code())
    assert not second_factor.use_code(level1, app.code(later=-1))


def test_the_code_that_turned_it_on_does_not_sign_in(level1, at):
    app, _ = turned_on(level1)
    assert not second_factor.use_code(level1, app.code())


def test_the_code_of_another_user_is_refused(level1, level2, at):
    app, _ = turned_on(level1)
    turned_on(level2)
    at(1)
    assert not second_factor.use_code(level2, app.code())


def test_each_recovery_code_works_once_and_the_history_says_how_many_are_left(level1, at):
    _, codes = turned_on(level1)
    assert second_factor.use_code(level1, codes[3])
    assert not second_factor.use_code(level1, codes[3])
    assert second_factor.use_code(level1, f"{codes[4][:4]} {codes[4][4:]}")
    assert second_factor.recovery_codes_left(level1) == 8
    lines = Event.objects.about("user", level1.pk).filter(verb="use_recovery_code")
    assert [line.data for line in lines] == [{"recovery_codes_left": [10, 9]}, {"recovery_codes_left": [9, 8]}]


def test_new_recovery_codes_replace_the_old_ones(level1, at):
    _, old = turned_on(level1)
    new = second_factor.make_recovery_codes(level1)
    assert not set(old) & set(new)
    assert not second_factor.use_code(level1, old[0])
    assert second_factor.use_code(level1, new[0])
    assert verbs(level1)[-2:] == ["make_recovery_codes", "use_recovery_code"]


def test_without_a_second_factor_there_are_no_codes(level1, at):
    assert not second_factor.use_code(level1, "123456")
    assert second_factor.recovery_codes_left(level1) == 0
    for verb in (second_factor.make_recovery_codes, second_factor.turn_off):
        with refused_as("licences.no_second_factor"):
            verb(level1)


def test_another_app_replaces_the_first(level1, at):
    lost, old = turned_on(level1)
    app, _ = turned_on(level1)
    at(1)
    assert not second_factor.use_code(level1, lost.code())
    assert not second_factor.use_code(level1, old[0])
    assert second_factor.use_code(level1, app.code())
    assert verbs(level1)[-1] == "replace_second_factor"


def test_turning_it_off_deletes_the_codes(level1, at):
    turned_on(level1)
    second_factor.turn_off(level1)
    assert not Authenticator.objects.exists()
    assert verbs(level1)[-1] == "turn_off_second_factor"


def test_a_user_who_must_have_it_cannot_turn_it_off(level1, caseworker, at, settings):
    turned_on(level1)
    turned_on(caseworker)
    level1.licence.require_second_factor(True, by=level1)
    settings.DEMO = False
    for user in (level1, caseworker):
        with refused_as("licences.second_factor_required"):
            second_factor.turn_off(user)
        assert second_factor.is_on(user)


# Encrypted


def test_the_database_holds_neither_the_secret_nor_a_recovery_code(level1, at):
    app, codes = turned_on(level1)
    assert stored()
    assert not any(text in stored() for text in (app.secret, *codes))


def test_without_encryption_the_database_would_hold_the_secret(level1, at, monkeypatch):
    monkeypatch.setattr(encryption.Adapter, "encrypt", lambda self, text: text)
    monkeypatch.setattr(encryption.Adapter, "decrypt", lambda self, text: text)
    app, _ = turned_on(level1)
    assert app.secret in stored()


def test_the_same_secret_is_never_encrypted_to_the_same_text():
    adapter = encryption.Adapter()
    texts = {adapter.encrypt("secret") for _ in range(3)}
    assert len(texts) == 3
    assert {adapter.decrypt(text) for text in texts} == {"secret"}


def test_a_text_that_was_changed_or_that_another_key_encrypted_is_not_decrypted(settings):
    adapter = encryption.Adapter()
    text = adapter.encrypt("secret")
    with pytest.raises(InvalidToken):
        adapter.decrypt(text[:-4] + "AAA=")
    settings.SECOND_FACTOR_KEYS = [NEW_KEY]
    with pytest.raises(InvalidToken):
        adapter.decrypt(text)


def test_keys_are_replaced_without_a_new_set_up(level1, at, settings, capsys):
    settings.SECOND_FACTOR_KEYS = [KEY]
    app, codes = turned_on(level1)
    settings.SECOND_FACTOR_KEYS = [NEW_KEY, KEY]
    at(1)
    assert second_factor.use_code(level1, app.code())
    call_command("rotate_second_factor_keys")
    assert capsys.readouterr().out.startswith("2 secrets are encrypted with the first key.")
    settings.SECOND_FACTOR_KEYS = [NEW_KEY]
    at(2)
    assert second_factor.use_code(level1, app.code())
    assert second_factor.use_code(level1, codes[0])


def test_a_missing_key_is_named_by_the_command(level1, at, settings):
    turned_on(level1)
    settings.SECOND_FACTOR_KEYS = [NEW_KEY]
    with pytest.raises(CommandError, match="a key that SECOND_FACTOR_KEYS no longer has"):
        call_command("rotate_second_factor_keys")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ([], "SECOND_FACTOR_KEYS is missing."),
        (["short"], "A key of SECOND_FACTOR_KEYS has fewer than 32 characters."),
        ([KEY, "short"], "A key of SECOND_FACTOR_KEYS has fewer than 32 characters."),
        (["for tests only"], "SECOND_FACTOR_KEYS must differ from SECRET_KEY."),
    ],
)
def test_outside_demo_mode_the_portal_does_not_start_without_good_keys(keys, said, settings):
    settings.DEMO, settings.SECOND_FACTOR_KEYS = False, keys
    assert [error.msg for error in startup.check_second_factor_keys()] == [said]


def test_good_keys_or_demo_mode_are_enough(settings):
    settings.SECOND_FACTOR_KEYS = []
    assert startup.check_second_factor_keys() == []
    settings.DEMO, settings.SECOND_FACTOR_KEYS = False, [KEY]
    assert startup.check_second_factor_keys() == []


# Reset by another user


def test_a_level_1_user_resets_it_for_a_level_2_user_of_their_sponsor(level1, level2, at):
    turned_on(level2)
    second_factor.reset(level2, by=level1)
    assert not second_factor.is_on(level2)
    line = Event.objects.about("user", level2.pk).last()
    assert (line.verb, line.by) == ("reset_second_factor", level1)


def test_a_caseworker_resets_it_for_any_other_user(level1, caseworker, at):
    turned_on(level1)
    second_factor.reset(level1, by=caseworker)
    assert not second_factor.is_on(level1)


@pytest.mark.parametrize(
    ("of", "by", "code"),
    [
        ("level2", "level2", "licences.not_allowed"),
        ("level2", "colleague", "licences.not_allowed"),
        ("level2", "outsider", "licences.user_not_found"),
        ("level1", "level1", "licences.own_second_factor"),
        ("level1", "deputy", "licences.for_the_home_office"),
        ("caseworker", "caseworker", "licences.own_second_factor"),
        ("caseworker", "level1", "licences.user_not_found"),
    ],
)
def test_no_other_user_resets_it(of, by, code, request, at):
    user, by = request.getfixturevalue(of), request.getfixturevalue(by)
    turned_on(user)
    with refused_as(code):
        second_factor.reset(user, by=by)
    assert second_factor.is_on(user)


def test_resetting_it_needs_a_second_factor(level1, level2, at):
    with refused_as("licences.no_second_factor"):
        second_factor.reset(level2, by=level1)


def test_a_level_2_user_or_a_caseworker_does_not_set_the_rule_of_a_sponsor(level2, caseworker):
    licence = level2.licence
    for user in (level2, caseworker):
        with refused_as("licences.not_allowed"):
            licence.require_second_factor(True, by=user)
    licence.refresh_from_db()
    assert not licence.is_second_factor_required


def test_the_rule_of_a_sponsor_is_part_of_the_history(level1):
    licence = level1.licence
    for value in (True, True, False):
        licence.require_second_factor(value, by=level1)
    lines = Event.objects.about("licence", licence.pk).filter(verb="require_second_factor")
    assert [line.data for line in lines] == [
        {"is_second_factor_required": [False, True]},
        {"is_second_factor_required": [True, False]},
    ]


# At once


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_of_many_who_send_the_same_code_at_once_one_is_accepted(level1):
    with time_machine.travel(NINE, tick=False) as traveller:
        app, codes = turned_on(level1)
        traveller.move_to(NINE + timedelta(seconds=HALF_MINUTE))
        for code in (app.code(), codes[0]):
            answers = at_once(*[partial(second_factor.use_code, User.objects.get(pk=level1.pk), code)] * 16)
            assert not any(isinstance(answer, Refused) for answer in answers)
            assert answers.count(True) == 1
