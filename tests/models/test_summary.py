"""`summary` says what each task runs, and its total agrees with reports or says by what it differs."""

import pytest

from keras_modnet import Ordering
from keras_modnet.analysis.card_facts import model_facts
from keras_modnet.models.trainability import trainable_table


def printed(model):
    lines = []
    model.summary(print_fn=lines.append)
    return "\n".join(lines).splitlines()


@pytest.fixture
def model(make_model):
    model = make_model(compiled=False, num_blocks=3)
    model.set_ordering("digits", [2, 0, 1])
    model.set_ordering("letters", Ordering([[0.6, 0.4, 0.0]] * 2, mixed=True))
    return model


def test_each_task_has_a_line_with_its_ordering(model, capsys):
    lines = printed(model)
    assert lines[-3:-1] == ["digits:  2 0 1", "letters: 0 0 (mixture)"]
    assert "digits: 2 0 1" in printed(model.task("digits"))
    model.joint(("digits", "letters")).summary()
    assert "letters: 0 0 (mixture)" in capsys.readouterr().out


def test_counts_agree_or_say_what_they_count(model):
    facts = model_facts(model)
    assert printed(model)[-1].startswith(
        f"Total params: {model.count_params():,}, of which {facts['unique_parameters']:,} are what cards and reports"
    )
    own = {row.task: row.parameters for row in model.task_report()}
    table = trainable_table(model, "digits")
    assert table.total == facts["unique_parameters"]
    assert sum(row.total for row in table if row.part.startswith("digits")) == own["digits"]
    # Temperature and whether it is fixed; a mixture has neither.
    assert printed(model)[-1].endswith("each counted once; the other 2 steer routers.")
