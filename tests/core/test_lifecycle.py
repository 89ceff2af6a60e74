"""The engine under every status: a table of named moves that is refused when it makes no sense."""

import pytest

from sms.core.lifecycle import Lifecycle, Move


def a_move(name, sources=(), targets=(), by=("CLERK",)):
    return Move(name, name.title(), frozenset(sources), frozenset(targets), frozenset(by))


DOOR = Lifecycle(
    "door",
    ["OPEN", "SHUT", "BRICKED UP"],
    [
        a_move("make", (), {"OPEN", "SHUT"}),
        a_move("shut", {"OPEN"}, {"SHUT"}, {"CLERK", "OWNER"}),
        a_move("open", {"SHUT"}, {"OPEN"}),
        a_move("brick_up", {"OPEN", "SHUT"}, {"BRICKED UP"}, {"MASON"}),
        a_move("unhinge", {"OPEN"}, ()),
    ],
)


def test_what_the_table_says_can_be_asked_of_it():
    assert DOOR.initial == {"OPEN", "SHUT"}
    assert DOOR.final == {"BRICKED UP"}
    assert DOOR.removable == {"OPEN"}
    assert DOOR["brick_up"].target == "BRICKED UP"


def test_its_edges_are_the_moves_and_staying_put():
    assert DOOR.edges() == {
        ("OPEN", "OPEN"),
        ("OPEN", "SHUT"),
        ("OPEN", "BRICKED UP"),
        ("SHUT", "SHUT"),
        ("SHUT", "OPEN"),
        ("SHUT", "BRICKED UP"),
        ("BRICKED UP", "BRICKED UP"),
    }


@pytest.mark.parametrize(
    ("status", "who", "moves"),
    [
        ("OPEN", {"CLERK"}, ["shut", "unhinge"]),
        ("OPEN", {"OWNER"}, ["shut"]),
        ("OPEN", {"MASON", "CLERK"}, ["shut", "brick_up", "unhinge"]),
        ("SHUT", {"CLERK"}, ["open"]),
        ("SHUT", {"OWNER"}, []),
        ("BRICKED UP", {"CLERK", "MASON", "OWNER"}, []),
    ],
)
def test_each_kind_of_user_finds_their_own_moves_open(status, who, moves):
    assert [move.name for move in DOOR.open_to(status, who)] == moves


@pytest.mark.parametrize("name", ["make", "unhinge"])
def test_a_move_with_several_targets_or_none_has_no_one_target(name):
    with pytest.raises(ValueError):  # noqa: PT011 Python's own, of unpacking
        _ = DOOR[name].target


@pytest.mark.parametrize(
    ("statuses", "moves", "complaint"),
    [
        (["A", "B"], [a_move("make", (), {"A"})], r"no move leads to \['B'\]"),
        (["A", "B", "C"], [a_move("make", (), {"A"}), a_move("go", {"B"}, {"C"})], r"\['B', 'C'\]"),
        (["A"], [a_move("make", (), {"A"}), a_move("go", {"A"}, {"Z"})], r"unknown statuses \['Z'\]"),
        (["A"], [a_move("make", (), {"A"}), a_move("go", {"Z"}, {"A"})], r"unknown statuses \['Z'\]"),
        (["A"], [a_move("make", (), {"A"}), a_move("make", {"A"}, {"A"})], "two moves have the same name"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(statuses, moves, complaint):
    with pytest.raises(ValueError, match=complaint):
        Lifecycle("thing", statuses, moves)


def test_a_status_that_is_reached_by_several_moves_is_fine():
    chain = Lifecycle("thing", "ABC", [a_move("make", (), "A"), a_move("on", "A", "B"), a_move("further", "B", "C")])
    assert chain.final == {"C"}


def test_the_history_says_what_a_move_did_or_else_what_its_button_says():
    stop = Move("stop", "Stop it", frozenset("A"), frozenset("B"), frozenset("C"), done="Stopped")
    thing = Lifecycle("thing", "AB", [a_move("begin", (), "A"), stop])
    assert thing.titles("thing") == {("thing", "begin"): "Begin", ("thing", "stop"): "Stopped"}
