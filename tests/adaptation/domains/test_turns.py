import numpy as np

from keras_modnet.adaptation.domains.turns import turns_through_routes, turns_through_steps

OWN = {"a": (0, 1), "b": (2, 3)}
POOLED = (4, 4)


def test_turns_go_round_and_travel_as_often_as_asked():
    turns = turns_through_routes(OWN, POOLED, 400, 0.25, seed=0)
    assert [turn.domains for turn in turns[:4]] == [("a",), ("b",), ("a",), ("b",)]
    away = [turn for turn in turns if turn.blocks != OWN[turn.domains[0]]]
    assert 0.2 < len(away) / len(turns) < 0.3
    assert {turn.blocks for turn in away} == {*OWN.values(), POOLED}
    at_home = turns_through_routes(OWN, POOLED, 50, 0.0, seed=0)
    assert all(turn.blocks == OWN[turn.domains[0]] for turn in at_home)


def test_single_steps_travel_to_the_same_step_of_another_domain():
    turns = turns_through_steps(OWN, 400, 0.25, seed=0)
    away = np.array([[block != own for block, own in zip(t.blocks, OWN[t.domains[0]], strict=True)] for t in turns])
    assert 0.2 < away.mean() < 0.3
    # Not both steps or none.
    assert {tuple(row) for row in away.tolist()} == {(False, False), (False, True), (True, False), (True, True)}
    assert {turn.blocks for turn in turns} == {(0, 1), (0, 3), (2, 1), (2, 3)}


def test_a_single_domain_has_nowhere_to_travel():
    assert {turn.blocks for turn in turns_through_steps({"a": (0, 1)}, 20, 1.0, seed=0)} == {(0, 1)}
