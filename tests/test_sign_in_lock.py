"""Three wrong tries lock an account for 30 minutes, and no stranger locks a sponsor out (specification, section 9)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from licences import known_browsers, sign_in
from licences.models import Event, SignIn, SignInCount
from licences.models import sign_in as sign_in_model
from licences.models.sign_in import SignInCountQuerySet, SignInQuerySet
from licences.regular_jobs import delete_old_sign_ins
from tests.factories import PASSWORD
from tests.pages import Page
from tests.racing import MANY, at_once

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
WRONG = "Your User ID or password is wrong. After 3 wrong tries, you must wait 30 minutes before you can sign in"
LIMITED = (
    "Too many sign-ins from your network have failed. They may not be yours. "
    "Try again in 30 minutes, or from another network"
)


@pytest.fixture
def at():
    """Return a function that sets the clock: `at(29)` is 29 minutes after nine, when each test begins."""
    with time_machine.travel(NINE, tick=False) as traveller:
        yield lambda minutes: traveller.move_to(NINE + timedelta(minutes=minutes))


def try_to_sign_in(username, password=PASSWORD, client=None, **headers):
    return (client or Client()).post("/sign-in/", {"login": username, "password": password}, **headers)


def signs_in(username, password=PASSWORD, client=None, **headers):
    return try_to_sign_in(username, password, client, **headers).status_code == 302


def guess(username, times, client=None, **headers):
    return [signs_in(username, f"guess {n}", client, **headers) for n in range(times)]


def sentence(answer):
    return [text for text, _ in Page(answer).summary]


def locks():
    return list(Event.objects.filter(kind="user", verb="lock").values_list("label", "by__username"))


@pytest.fixture
def no_lock(monkeypatch):
    """Let the portal count without refusing. This is the twin, in which the tests of the lock fail."""
    count_try = SignInCountQuerySet.count_try
    monkeypatch.setattr(SignInCountQuerySet, "count_try", lambda *args: count_try(*args) or True)


def test_after_three_wrong_tries_the_right_password_does_not_sign_in(level1, at):
    guess("level1", 3)
    assert not signs_in("level1")
    at(29)
    assert not signs_in("level1")
    at(30)
    assert signs_in("level1")


def test_without_the_lock_the_right_password_would_sign_in(level1, at, no_lock):
    guess("level1", 3)
    assert signs_in("level1")


def test_after_two_wrong_tries_the_right_password_signs_in(level1, at):
    guess("level1", 2)
    assert signs_in("level1")


def test_wrong_tries_are_forgotten_after_half_an_hour(level1, at):
    guess("level1", 2)
    at(30)
    guess("level1", 2)
    assert signs_in("level1")


def test_a_correct_sign_in_does_not_clear_the_count_of_a_strangers_guesses(level1, at):
    guess("level1", 2)
    assert signs_in("level1")
    guess("level1", 1)
    assert not signs_in("level1")


def test_a_caseworker_is_locked_in_the_same_way(caseworker, at):
    guess("caseworker", 3)
    client = Client()
    assert not signs_in("caseworker", client=client)
    assert client.get("/admin/")["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(
    "headers", [{"HTTP_HOST": "localhost:81"}, {"HTTP_HOST": "localhost"}, {"REMOTE_ADDR": "10.0.0.7"}]
)
def test_neither_another_host_nor_another_address_gives_a_new_count(level1, at, headers):
    guess("level1", 3)
    assert not signs_in("level1", **headers)


def test_another_case_of_the_user_id_gives_no_new_count(level1, at):
    for username in ("level1", "LEVEL1", "Level1"):
        guess(username, 1)
    assert not signs_in("level1")


def test_the_sentence_is_the_same_for_a_wrong_password_an_unknown_user_and_a_locked_account(level1, level2, at):
    guess("level1", 3)
    answers = [try_to_sign_in("level1"), try_to_sign_in("level2", "wrong"), try_to_sign_in("unknown")]
    assert [sentence(answer) for answer in answers] == [[WRONG]] * 3


@pytest.fixture
def cost(monkeypatch):
    """Return a function that counts the hashes of a wrong try: `cost("level1")`."""
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *args: hashed.append(args) or encode(self, *args))

    def of(username):
        hashed.clear()
        assert not signs_in(username, "wrong")
        return len(hashed)

    return of


def test_each_answer_costs_one_hash_so_that_its_time_reveals_nothing(level1, level2, at, cost):
    guess("level1", 3)
    assert [cost("level1"), cost("level2"), cost("unknown"), cost("system")] == [1, 1, 1, 1]


def test_without_the_extra_hash_a_locked_account_would_answer_at_once(level1, at, cost, monkeypatch):
    monkeypatch.setattr(sign_in, "make_password", str)
    guess("level1", 3)
    assert cost("level1") == 0


def test_an_unknown_user_id_writes_no_lock_and_is_not_kept(level1, at):
    guess("a password typed into the wrong box", 4)
    guess("system", 4)
    assert not SignInCount.objects.exists()
    assert not Event.objects.filter(verb="lock").exists()
    assert set(SignIn.objects.values_list("user", "outcome")) == {(None, "UNKNOWN")}
    assert not any("wrong box" in str(vars(each)) for each in SignIn.objects.all())


# A browser that has signed in before


@pytest.fixture
def usual(level1, at):
    """Return a browser in which the Level 1 user has signed in before."""
    client = Client()
    assert signs_in("level1", client=client)
    client.post("/sign-out/")
    return client


def test_a_stranger_cannot_lock_a_user_out_of_their_usual_browser(usual):
    guess("level1", 10)
    assert not signs_in("level1")
    assert signs_in("level1", client=usual)


def test_without_a_count_of_its_own_the_usual_browser_would_be_locked_out(usual, monkeypatch):
    monkeypatch.setattr(known_browsers, "key_for", lambda request, user: "")
    guess("level1", 10)
    assert not signs_in("level1", client=usual)


def test_three_wrong_tries_in_the_usual_browser_lock_that_browser_only(usual):
    guess("level1", 3, usual)
    assert not signs_in("level1", client=usual)
    assert signs_in("level1")


def test_a_browser_is_known_only_for_accounts_that_have_signed_in_with_it(usual, level2):
    guess("level2", 3)
    assert not signs_in("level2", client=usual)


def test_a_browser_that_several_users_share_is_known_for_each_of_them(usual, level2):
    assert signs_in("level2", client=usual)
    usual.post("/sign-out/")
    for username in ("level1", "level2"):
        guess(username, 3)
        assert signs_in(username, client=usual)
        usual.post("/sign-out/")


@pytest.mark.parametrize("forged", ["", "x", "eyJrZXkiOiJ4IiwidXNlcnMiOlsxXX0:1abc:abc", "é" * 50])
def test_a_forged_cookie_makes_no_browser_known(level1, at, forged):
    client = Client()
    client.cookies["known-browser"] = forged
    guess("level1", 3, client)
    assert list(SignInCount.objects.values_list("browser", flat=True)) == [""]


def test_the_cookie_lasts_a_year_and_is_hidden_from_scripts(usual):
    cookie = usual.cookies["known-browser"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 365 * 24 * 3600)


def test_after_a_year_the_browser_is_no_longer_known(usual, at):
    at(366 * 24 * 60)
    guess("level1", 3)
    assert not signs_in("level1", client=usual)


# Many users of one network


@pytest.fixture
def few(monkeypatch):
    """Set the limit of one network to ten failures, so that the tests do not need thousands."""
    monkeypatch.setattr(sign_in_model, "NETWORK_FAILURES", 10)


def test_the_limit_lets_500_users_of_one_campus_mistype_three_times_each():
    assert sign_in_model.NETWORK_FAILURES >= 3 * 500 * 3


def test_correct_sign_ins_from_one_address_do_not_count(level1, at, few):
    assert all(signs_in("level1") for _ in range(40))


def test_after_too_many_failures_a_network_is_limited_without_blaming_the_user(level1, at, few):
    guess("unknown", 10)
    assert sentence(try_to_sign_in("level1")) == [LIMITED]
    assert signs_in("level1", REMOTE_ADDR="10.0.0.7")
    at(30)
    assert signs_in("level1")


def test_without_the_limit_guesses_at_many_accounts_could_continue(level1, at, few, monkeypatch):
    monkeypatch.setattr(SignInQuerySet, "is_network_limited", lambda self, network: False)
    guess("unknown", 10)
    assert signs_in("level1")


def test_a_user_in_their_usual_browser_is_not_limited_by_others_on_the_campus(usual, few):
    guess("unknown", 10)
    assert signs_in("level1", client=usual)


def test_limited_tries_check_no_password_and_fill_no_table(level1, at, few):
    guess("level1", 1)
    guess("unknown", 9)
    guess("level1", 5)
    assert SignIn.objects.count() == 10
    assert SignInCount.objects.get().tries == 1


def test_neighbours_in_one_ipv6_network_count_together(level1, at, few):
    for n in range(10):
        guess("unknown", 1, REMOTE_ADDR=f"2001:db8::{n}")
    assert not signs_in("level1", REMOTE_ADDR="2001:db8::ffff")
    assert signs_in("level1", REMOTE_ADDR="2001:db8:1::1")


# Records of sign-ins


def test_a_sign_in_is_recorded_with_its_user_time_outcome_browser_and_network(level1, at):
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    guess("level1", 1, HTTP_USER_AGENT=firefox)
    signs_in("level1", HTTP_USER_AGENT=firefox, REMOTE_ADDR="2001:db8::5")
    signs_in("level1", HTTP_USER_AGENT="\x00", REMOTE_ADDR="10.0.0.7")
    rows = SignIn.objects.order_by("pk").values_list("user__username", "tried_at", "outcome", "browser", "network")
    assert list(rows) == [
        ("level1", NINE, "WRONG", "Firefox on Windows", "127.0.0.1"),
        ("level1", NINE, "RIGHT", "Firefox on Windows", "2001:db8::/64"),
        ("level1", NINE, "RIGHT", "", "10.0.0.7"),
    ]


def test_only_the_lock_is_part_of_the_history(level1, at):
    guess("level1", 2)
    signs_in("level1")
    assert locks() == []
    guess("level1", 5)
    assert locks() == [("level1", "system")]


def test_a_try_counts_even_if_its_process_is_killed_while_hashing(level1, at, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(self, *args):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(MD5PasswordHasher, "verify", killed)
        for _ in range(3):
            with pytest.raises(Killed):
                signs_in("level1")
    assert not signs_in("level1")


def test_sign_ins_are_deleted_after_90_days_and_counts_when_they_have_no_effect(level1, at):
    guess("level1", 3)
    at(29)
    assert delete_old_sign_ins() == 0
    at(30)
    assert delete_old_sign_ins() == 1
    at(90 * 24 * 60)
    assert delete_old_sign_ins() == 3
    assert not SignIn.objects.exists()


def test_a_clock_that_ran_ahead_locks_no_account_for_longer(level1, at):
    at(365 * 24 * 60)
    guess("level1", 3)
    at(0)
    assert delete_old_sign_ins() == 0
    at(29)
    assert not signs_in("level1")
    at(31)
    assert signs_in("level1")


# At once


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_of_64_guesses_at_once_three_are_checked_and_one_lock_is_written(level1, monkeypatch):
    checked = []
    verify = MD5PasswordHasher.verify
    monkeypatch.setattr(MD5PasswordHasher, "verify", lambda self, *args: checked.append(args) or verify(self, *args))
    at_once(*[lambda n=n: signs_in("level1", f"guess {n}") for n in range(MANY)])
    assert len(checked) == 3
    assert locks() == [("level1", "system")]
    assert SignIn.objects.count() == MANY
    assert not signs_in("level1")


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_without_the_condition_all_64_would_be_checked(level1, no_lock, monkeypatch):
    checked = []
    verify = MD5PasswordHasher.verify
    monkeypatch.setattr(MD5PasswordHasher, "verify", lambda self, *args: checked.append(args) or verify(self, *args))
    at_once(*[lambda n=n: signs_in("level1", f"guess {n}") for n in range(MANY)])
    assert len(checked) == MANY
