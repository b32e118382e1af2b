import keras
import numpy as np
import pytest
from keras import ops

from keras_modnet.layers import loops


def test_a_loop_runs_the_rows_in_order_and_stacks_what_they_give():
    rows = {"a": ops.convert_to_tensor([1.0, 2.0, 3.0]), "nested": {"b": ops.convert_to_tensor([[1.0], [1.0], [2.0]])}}

    def body(x, row):
        # Not commutative, so that another order gives another number.
        return 2.0 * x + row["a"], {"product": row["a"] * row["nested"]["b"]}

    x, outputs = loops.loop_over_rows(body, ops.convert_to_tensor(1.0), rows, {"product": rows["nested"]["b"][0]})
    # ((1 * 2 + 1) * 2 + 2) * 2 + 3
    assert float(x) == 19.0
    np.testing.assert_array_equal(ops.convert_to_numpy(outputs["product"]), [[1.0], [2.0], [6.0]])


def test_a_loop_may_give_nothing_but_its_end():
    rows = {"a": ops.convert_to_tensor([1.0, 2.0])}
    x, outputs = loops.loop_over_rows(lambda x, row: (x * row["a"], {}), ops.convert_to_tensor(3.0), rows, {})
    assert float(x) == 6.0
    assert outputs == {}


@pytest.mark.parametrize(
    ("backend", "devices", "few", "many"),
    [
        ("tensorflow", ["cpu:0"], True, False),
        ("jax", ["gpu:0"], True, False),
        # XLA on a CPU runs convolutions inside a loop without its fast routines.
        ("jax", ["cpu:0"], True, True),
        ("torch", ["cpu:0"], True, True),
    ],
)
def test_many_steps_run_in_a_loop_where_loops_are_fast(monkeypatch, backend, devices, few, many):
    monkeypatch.setattr(keras.backend, "backend", lambda: backend)
    monkeypatch.setattr(keras.distribution, "list_devices", lambda: devices)
    assert loops.unrolls_best(loops.UNROLLED_STEPS) is few
    assert loops.unrolls_best(loops.UNROLLED_STEPS + 1) is many
    assert loops.slow_inside() is (backend == "jax" and devices == ["cpu:0"])
