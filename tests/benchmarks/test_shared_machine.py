from benchmarks.shared.machine import LoadOfOthers


def test_others_use_a_share_of_the_processors():
    load = LoadOfOthers()
    assert 0 <= load.now()["others"] <= 1
