"""Presets store tensors under these names, so they never change."""

import numpy as np

NAMES = """
stem/kernel 2 2 1 4
stem/bias 4
bank/conv1/kernel 3 3 3 4 4
bank/conv2/kernel 3 3 3 4 4
tasks/digits/ordering/logits 3 3
tasks/digits/ordering/temperature
tasks/digits/ordering/hardened
tasks/digits/norm/norm1/scale 3 4
tasks/digits/norm/norm1/offset 3 4
tasks/digits/norm/norm1/mean 3 4
tasks/digits/norm/norm1/variance 3 4
tasks/digits/norm/norm2/scale 3 4
tasks/digits/norm/norm2/offset 3 4
tasks/digits/norm/norm2/mean 3 4
tasks/digits/norm/norm2/variance 3 4
tasks/digits/head/output/scale 1 4
tasks/digits/head/output/offset 1 4
tasks/digits/head/output/mean 1 4
tasks/digits/head/output/variance 1 4
tasks/digits/head/kernel 4 3
tasks/digits/head/bias 3
"""


def test_names_and_shapes_are_stable(make_model):
    named = make_model(compiled=False, tasks={"digits": 3}).named_variables()
    listed = [" ".join([name, *map(str, variable.shape)]) for name, variable in named.items()]
    assert listed == NAMES.split("\n")[1:-1]


def test_every_weight_has_one_name(make_model):
    for block in ("basic", "bottleneck", "convnext", "convmixer_7_relu"):
        for norm in ("batch", "group", "layer"):
            model = make_model(compiled=False, block=block, norm=norm)
            named = [id(variable) for variable in model.named_variables().values()]
            assert len(set(named)) == len(named)
            assert set(named) == {id(variable) for variable in model.weights}
            # What is a variable and no weight is the state of a seed.
            states = {id(layers.router.seed_generator.state) for layers in model.task_layers.values()}
            assert {id(variable) for variable in model.variables} - set(named) == states


def test_names_do_not_depend_on_what_came_before(make_model):
    model = make_model(compiled=False)
    make_model(compiled=False)
    model.add_task("signs", 2)
    model.set_ordering("digits", [0, 1, 2, 0])
    model.remove_task("letters")
    fresh = make_model(compiled=False, tasks={"digits": 3, "signs": 2})
    assert list(model.named_variables()) == list(fresh.named_variables())
    assert {np.dtype(variable.dtype).name for variable in model.named_variables().values()} == {"float32", "bool"}
