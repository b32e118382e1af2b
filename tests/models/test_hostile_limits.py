"""Documents as large as readers take them, and wrong at the very end: one clear error, after so much work at most."""

import cProfile

import pytest

from benchmarks.hostile_files.limit_run import run_limits
from benchmarks.hostile_files.limits import LIMITS
from benchmarks.hostile_files.originals import try_to_load
from benchmarks.hostile_files.run import EQUAL, ERROR, KINDS, Bench
from keras_modnet import PresetError
from keras_modnet.converters import CheckpointError

# Of Python's functions, of which each takes a fraction of a microsecond.
MAX_CALLS = 2_000_000


@pytest.fixture(scope="module")
def benches(tmp_path_factory):
    return {kind: Bench(kind, tmp_path_factory.mktemp(kind)) for kind in KINDS}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, limits in LIMITS.items() for name in limits])
def test_a_document_at_a_limit_is_one_clear_error_after_a_bounded_number_of_calls(benches, kind, name):
    bench = benches[kind]
    bench.put_right()
    assert bench.outcome() == EQUAL
    LIMITS[kind][name](bench.path)
    with pytest.raises((PresetError, CheckpointError)) as caught:
        try_to_load(kind, bench.path, bench.model)
    # By what is wrong in it, not by its size.
    assert "are the most" not in str(caught.value)
    with cProfile.Profile() as profile:
        outcome = bench.outcome()
    assert outcome == ERROR
    assert sum(entry.callcount for entry in profile.getstats()) < MAX_CALLS


def test_the_worst_of_a_kind_is_what_is_stored(monkeypatch):
    limits = {"small": lambda path: path.write_bytes(b""), "sound": lambda path: None}
    monkeypatch.setitem(LIMITS, "task", limits)
    found = run_limits({"name": "limits_task", "kind": "task"})
    assert (found["documents"], found["refused"], found["slowest"]) == (2, 1, "sound")
    assert 0 < found["slowest_seconds"] < 10
    assert 0 < found["largest_megabytes"] < 50
