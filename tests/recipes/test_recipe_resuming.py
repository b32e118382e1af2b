"""A training that was stopped anywhere ends with the bits of one that was not."""

import numpy as np
import pytest

from training import loop
from training.checkpoint_files import CheckpointFiles
from training.interrupts import StoppedError
from training.keeping import Keeping
from training.output import OutputError
from training.state import TrainingState


class Stopping(Keeping):
    """Stops as a signal would after some steps of each call."""

    def __init__(self, folder, steps, **options):
        super().__init__(CheckpointFiles(folder, {}), **options)
        self.left = steps

    def after_steps(self, *arguments):
        self.left -= 1
        if self.left == 0:
            self.interrupts.asked = "SIGTERM"
        super().after_steps(*arguments)


@pytest.fixture(scope="module", params=["searching", "growing"])
def recipe(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def tasks(recipe, arrays):
    return arrays[recipe.name]


@pytest.fixture(scope="module")
def whole(recipe, tasks):
    """A training that was not stopped."""
    return loop.train(recipe, tasks, seed=0)


def expect_equal(values_of, left, right):
    for name, array in values_of(right).items():
        np.testing.assert_array_equal(values_of(left)[name], array, err_msg=name)


def test_a_training_stopped_again_and_again_ends_with_the_same_bits(recipe, tasks, whole, tmp_path, values_of):
    stops = []
    while True:
        try:
            # Two steps and three in turn: before and after growth, in the search and behind it, at ends of epochs.
            model, log = loop.train(recipe, tasks, 0, keeping=Stopping(tmp_path, 2 + len(stops) % 2))
            break
        except StoppedError as error:
            stops.append(str(error))
    assert len(stops) >= 3
    assert all("The same command goes on from there." in text for text in stops)
    expect_equal(values_of, model, whole[0])
    assert {task: model.ordering(task) for task in tasks} == {task: whole[0].ordering(task) for task in tasks}
    for name in ("loss", "learning_rate"):
        assert log["history"][name] == whole[1]["history"][name], name


def test_several_steps_in_a_call_end_with_the_same_bits(searching, arrays, values_of):
    tasks = arrays["tiny"]
    # Three steps an epoch: two together, and one.
    ends = [loop.train(searching, tasks, 0, steps_per_execution=together)[0] for together in (1, 2)]
    expect_equal(values_of, *ends)


def test_a_damaged_newest_checkpoint_falls_back_to_the_one_before_it(recipe, tasks, whole, tmp_path, values_of, capsys):
    with pytest.raises(StoppedError):
        loop.train(recipe, tasks, 0, keeping=Stopping(tmp_path, 3, every=1))
    *_, before, newest = CheckpointFiles(tmp_path, {}).paths()
    content = newest.read_bytes()
    newest.write_bytes(content[: len(content) // 2])
    capsys.readouterr()
    model, _ = loop.train(recipe, tasks, 0, keeping=Keeping(CheckpointFiles(tmp_path, {})))
    said = [line for line in capsys.readouterr().out.splitlines() if "expected a whole checkpoint" in line]
    assert len(said) == 1
    assert str(newest) in said[0]
    assert str(before) not in said[0]
    expect_equal(values_of, model, whole[0])


def test_a_changed_byte_is_seen(tmp_path, capsys):
    files = CheckpointFiles(tmp_path, {})
    for step in (1, 2):
        files.write(TrainingState(step=step, arrays={"kernel": np.arange(9.0)}))
    newest = files.paths()[-1]
    content = newest.read_bytes()
    place = content.index(np.arange(9.0).tobytes())
    newest.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    assert files.read().step == 1
    assert str(newest) in capsys.readouterr().out


def test_where_all_are_damaged_there_is_none(tmp_path, capsys):
    files = CheckpointFiles(tmp_path, {})
    for content in (b"", b"nothing", b"PK\x03\x04"):
        (tmp_path / "0_000000_000000001.npz").write_bytes(content)
        assert files.read() is None
        assert "0_000000_000000001.npz: expected a whole checkpoint" in capsys.readouterr().out


def test_two_checkpoints_stay_and_the_first_of_the_stage_and_in_the_end_none(tmp_path):
    files = CheckpointFiles(tmp_path / "own", {})
    for stage, epoch, step in ((0, 0, 0), (0, 0, 7), (0, 1, 0), (1, 1, 0), (1, 1, 4), (1, 1, 5), (1, 1, 6)):
        files.write(TrainingState(stage, epoch, step))
        if (stage, epoch) == (0, 1):
            assert [path.stem for path in files.paths()] == [
                f"0_{own}" for own in ("000000_000000000", "000000_000000007", "000001_000000000")
            ]
    assert [path.stem for path in files.paths()] == [f"1_000001_00000000{step}" for step in (0, 5, 6)]
    for left in (2, 1, 1):
        files.drop_newest()
        assert len(files.paths()) == left
    files.remove()
    assert not (tmp_path / "own").exists()


def test_the_first_checkpoint_is_written_before_the_first_step(searching, arrays, tmp_path):
    class Full(CheckpointFiles):
        def write(self, state):
            raise OutputError(f"full at step {state.step}")

    with pytest.raises(OutputError, match="full at step 0"):
        loop.train(searching, arrays["tiny"], 0, keeping=Keeping(Full(tmp_path, {})))


def test_a_disk_that_fills_later_costs_no_more_than_a_checkpoint(searching, arrays, tmp_path, capsys):
    class Filling(CheckpointFiles):
        def write(self, state):
            if (state.epoch, state.step) == (0, 1):
                raise OutputError("cannot write it.")
            super().write(state)

    files = Filling(tmp_path, {})
    loop.train(searching, arrays["tiny"], 0, keeping=Keeping(files, every=1))
    assert "cannot write it. The training goes on" in capsys.readouterr().out
    assert files.read().epoch == searching.epochs


def test_a_checkpoint_of_another_setting_is_refused(tmp_path):
    CheckpointFiles(tmp_path, {"seed": 0}).write(TrainingState())
    with pytest.raises(ValueError, match=r"`output_dir` must be empty or of the same setting\. Received: .*npz"):
        CheckpointFiles(tmp_path, {"seed": 1}).read()
