"""Lifecycles: tables of named moves between statuses, refused if they are inconsistent."""

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


def test_a_lifecycle_knows_its_initial_final_and_removable_statuses():
    assert DOOR.initial == {"OPEN", "SHUT"}
    assert DOOR.final == {"BRICKED UP"}
    assert DOOR.removable == {"OPEN"}
    assert DOOR["brick_up"].target == "BRICKED UP"


def test_the_edges_are_the_moves_and_staying_in_a_status():
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
def test_each_kind_of_user_has_their_own_open_moves(status, who, moves):
    assert [move.name for move in DOOR.open_to(status, who)] == moves


@pytest.mark.parametrize("name", ["make", "unhinge"])
def test_a_move_with_several_targets_or_none_has_no_single_target(name):
    with pytest.raises(ValueError):  # noqa: PT011 raised by Python, for unpacking
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
def test_an_inconsistent_table_is_refused(statuses, moves, complaint):
    with pytest.raises(ValueError, match=complaint):
        Lifecycle("thing", statuses, moves)


def test_a_status_can_be_reached_through_several_moves():
    chain = Lifecycle("thing", "ABC", [a_move("make", (), "A"), a_move("on", "A", "B"), a_move("further", "B", "C")])
    assert chain.final == {"C"}


def test_the_history_has_the_title_of_a_move_or_else_its_label():
    stop = Move("stop", "Stop it", frozenset("A"), frozenset("B"), frozenset("C"), done="Stopped")
    thing = Lifecycle("thing", "AB", [a_move("begin", (), "A"), stop])
    assert thing.titles("thing") == {("thing", "begin"): "Begin", ("thing", "stop"): "Stopped"}
