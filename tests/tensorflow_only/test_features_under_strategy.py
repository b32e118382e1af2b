"""Replicas of a strategy share batches: what trains under one takes the whole network in every epoch."""

import numpy as np
import tensorflow as tf

import keras_modnet
from keras_modnet.adaptation.tasks import ways


def test_a_head_that_trains_under_a_strategy_takes_the_network_in_every_epoch(make_model, monkeypatch):
    chosen, choose = [], ways.choose_way
    monkeypatch.setattr(
        "keras_modnet.adaptation.tasks.adapt_task.choose_way", lambda *own: chosen.append(choose(*own)) or chosen[-1]
    )
    data = np.full((4, 4, 4, 1), 9, "uint8"), np.array([0, 1, 0, 1])
    for scope in (tf.distribute.OneDeviceStrategy("/cpu:0").scope(), tf.name_scope("none")):
        with scope:
            model = make_model(compiled=False, tasks={"letters": 2})
            keras_modnet.adapt_task(model, "letters", data, parts=("head",), epochs=1, verbose=0)
    assert [type(way) for way in chosen] == [ways.NetworkTraining, ways.HeadTraining]


def test_a_model_made_in_a_scope_is_adapted_outside_of_it(make_model):
    with tf.distribute.MirroredStrategy(["/cpu:0"]).scope():
        model = make_model(compiled=False, tasks={"digits": 2})
    model.add_task("letters", 2)
    data = np.full((4, 4, 4, 1), 9, "uint8"), np.array([0, 1, 0, 1])
    before = keras_modnet.layers.values.value_of(model.named_variables()["tasks/letters/head/bias"])
    for parts in (("head",), ("ordering", "norm", "head")):
        keras_modnet.adapt_task(model, "letters", data, parts=parts, epochs=1, verbose=0)
    assert not np.array_equal(model.named_variables()["tasks/letters/head/bias"].numpy(), before)
