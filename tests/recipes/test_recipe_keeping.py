"""A training that goes astray stops in words, goes back where it may, and never keeps what is no number."""

import dataclasses
import json
import os
import signal

import numpy as np
import pytest

from training import loop, seeds
from training.checkpoint_files import CheckpointFiles
from training.interrupts import Interrupts, StoppedError
from training.keeping import Keeping, LossError, expect_sane, guessing_loss
from training.state import TrainingState, first_fault
from training.steps import Steps


@pytest.fixture
def recipe(searching):
    return dataclasses.replace(searching, epochs=2, search_epochs=1, warm_epochs=0, ema_momentum=None)


@pytest.fixture
def tasks(arrays):
    return arrays["tiny"]


class Poisoned(Keeping):
    """Makes a variable no number after every so many steps, as often as said."""

    def __init__(self, folder, steps=4, times=1, **options):
        super().__init__(CheckpointFiles(folder, {}), every=1, **options)
        self.steps, self.times, self.count = steps, times, 0

    def after_steps(self, count, network, *arguments):
        self.count += 1
        if self.count % self.steps == 0 and self.times:
            self.times -= 1
            bias = network.named_variables()["stem/bias"]
            bias.assign(np.full(bias.shape, np.nan, "float32"))
        super().after_steps(count, network, *arguments)


def test_weights_that_are_no_numbers_stop_the_training_and_the_state_before_stays(recipe, tasks, tmp_path):
    with pytest.raises(LossError, match="model/stem/bias at epoch 1, step 1: expected finite numbers"):
        loop.train(recipe, tasks, 0, keeping=Poisoned(tmp_path))
    state = CheckpointFiles(tmp_path, {}).read()
    assert (state.epoch, state.step) == (1, 0)
    assert first_fault(state.arrays) is None


def test_a_retry_goes_back_at_half_the_rate(recipe, tasks, tmp_path, capsys):
    _, log = loop.train(recipe, tasks, 0, keeping=Poisoned(tmp_path, retries=1))
    assert "going back to epoch 1, step 0, at 0.5 of the rate" in capsys.readouterr().out
    kept = CheckpointFiles(tmp_path, {}).read()
    assert (kept.epoch, kept.rate_scale) == (2, 0.5)
    assert len(log["history"]["loss"]) == 2


def test_a_state_that_is_beyond_help_is_left_for_the_one_before(tmp_path):
    keeping = Keeping(CheckpointFiles(tmp_path, {}), retries=9)
    for step in (0, 3, 4):
        keeping.files.write(TrainingState(step=step))
    state = keeping.step_back(TrainingState(step=5))
    assert (state.step, state.rate_scale) == (4, 0.5)
    # Again and again without a step that was kept.
    state = keeping.step_back(state)
    assert (state.step, state.rate_scale) == (3, 0.25)
    state = keeping.step_back(state)
    assert (state.step, state.rate_scale) == (0, 0.125)
    state = keeping.step_back(state)
    assert (state.step, state.rate_scale) == (0, 0.0625)


def test_retries_come_to_an_end(recipe, tasks, tmp_path):
    with pytest.raises(LossError):
        loop.train(recipe, tasks, 0, keeping=Poisoned(tmp_path, steps=1, times=3, retries=2))
    # What was kept has numbers still, and the rate of the last try.
    kept = CheckpointFiles(tmp_path, {}).read()
    assert first_fault(kept.arrays) is None
    assert kept.rate_scale == 0.25


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (float("nan"), "expected a finite number, found nan"),
        (float("inf"), "expected a finite number, found inf"),
        (24.0, "expected at most 23, found 24"),
    ],
)
def test_a_loss_that_is_no_number_or_far_above_guessing_is_refused(loss, message):
    with pytest.raises(LossError, match=f"loss at epoch 3, step 2: {message}"):
        expect_sane({"loss": loss}, TrainingState(epoch=3, step=2), guessing_loss([10]))
    expect_sane({"loss": 22.0}, TrainingState(), guessing_loss([10]))


def test_a_minute_passes_between_two_checkpoints_in_an_epoch():
    seconds = iter([0.0, 59.0, 60.0])
    keeping = Keeping(clock=lambda: next(seconds))
    state = TrainingState(epoch=1, step=5)
    assert not keeping.is_due(state)
    assert keeping.is_due(state)


def test_an_exploding_loss_ends_a_run_with_the_seed_unwritten(recipe, arrays, tmp_path, monkeypatch):
    monkeypatch.setattr(seeds, "load_tasks", lambda *arguments, **options: arrays["tiny"])
    monkeypatch.setattr(Steps, "logs", lambda self: {"loss": float("nan")})
    with pytest.raises(LossError):
        seeds.run_seeds(recipe, [0], tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".json"] == []


def test_a_signal_keeps_the_training_between_two_steps(recipe, tasks, tmp_path):
    class Signalled(Keeping):
        def after_steps(self, *arguments):
            os.kill(os.getpid(), signal.SIGTERM)
            super().after_steps(*arguments)

    with pytest.raises(StoppedError, match=r"SIGTERM: stopped at epoch 0, step 1\. The same command goes on"):
        loop.train(recipe, tasks, 0, keeping=Signalled(CheckpointFiles(tmp_path, {})))
    assert CheckpointFiles(tmp_path, {}).read().step == 1
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_the_second_signal_of_a_kind_does_what_it_did_before(request):
    # A shell starts processes in the background with a Ctrl-C that does nothing.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    interrupts = Interrupts()
    with interrupts.watched():
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupts.asked == "SIGINT"
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_json_holds_no_number_that_is_none(recipe, arrays, tmp_path, monkeypatch):
    monkeypatch.setattr(seeds, "load_tasks", lambda *arguments, **options: arrays["tiny"])
    monkeypatch.setattr(seeds, "evaluate", lambda *arguments: {"digits": float("nan"), "words": 1.0})
    with pytest.raises(ValueError, match="JSON compliant"):
        seeds.run_seeds(recipe, [0], tmp_path)
    assert not (tmp_path / "seed_0.json").exists()


def test_a_damaged_result_is_made_again_from_the_last_checkpoint(recipe, arrays, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(seeds, "load_tasks", lambda *arguments, **options: arrays["tiny"])
    with monkeypatch.context() as patched:
        # The second seed is stopped, so that the checkpoints of the first are there.
        patched.setattr(loop, "train", stop_at_seed(1, loop.train))
        with pytest.raises(StoppedError):
            seeds.run_seeds(recipe, [0, 1], tmp_path)
    result = tmp_path / "seed_0.json"
    whole = result.read_text()
    result.write_text(whole[:100])
    capsys.readouterr()
    seeds.run_seeds(recipe, [0], tmp_path)
    said = capsys.readouterr().out
    assert f"{result}: expected a result" in said
    assert "epoch 1/2" not in said
    again = json.loads(result.read_text())
    assert again["accuracy_percent"] == json.loads(whole)["accuracy_percent"]
    assert again["history"] == json.loads(whole)["history"]


def stop_at_seed(which, train):
    def stopping(recipe, tasks, seed, *arguments):
        if seed == which:
            raise StoppedError
        return train(recipe, tasks, seed, *arguments)

    return stopping
