import numpy as np
import pytest
from keras import ops

from keras_modnet.training.copying import copies_of_steps, copy_blocks


def test_copies_answer_as_what_they_were_copied_from(make_model, images):
    model = make_model(compiled=False)
    model.set_ordering("digits", [0, 1, 1])
    before = ops.convert_to_numpy(model(images))
    copy_blocks(model, {2: 1, 1: 0})
    # What was copied are the weights before the call.
    model.set_ordering("digits", [1, 2, 2])
    np.testing.assert_array_equal(ops.convert_to_numpy(model(images)), before)


def test_names_get_blocks_of_their_own():
    assert copies_of_steps(2, ("a", "b"), 5) == {"a": (0, 1), "b": (2, 3)}
    with pytest.raises(ValueError, match="`num_blocks` must be at least 6: 2 for each of 3"):
        copies_of_steps(2, ("a", "b", "c"), 5)


@pytest.mark.parametrize(("sources", "message"), [({}, "`sources`"), ({0: 3}, "`block`"), ({3: 0}, "`block`")])
def test_blocks_that_the_bank_lacks_are_refused(make_model, values, sources, message):
    model = make_model(compiled=False)
    before = values(model)
    with pytest.raises(ValueError, match=message):
        copy_blocks(model, sources)
    assert all(np.array_equal(value, before[name]) for name, value in values(model).items())
