"""XLA needs loops of known length, and takes no gradient where a loop and a choice meet."""

import keras
import pytest

SparseLoss = keras.losses.SparseCategoricalCrossentropy


@pytest.mark.parametrize("mixing", ["weights", "outputs"])
def test_xla_compiles_a_loop_with_its_gradient(make_model, images, labels, values, mixing):
    model = make_model(compiled=False, mixing=mixing, unroll=False)
    before = values(model)
    model.compile("sgd", SparseLoss(from_logits=True), jit_compile=True)
    model.fit(images, labels, verbose=0)
    after = values(model)
    for name in ("stem/kernel", "bank/conv1/kernel", "tasks/digits/ordering/logits"):
        assert (before[name] != after[name]).any(), name
