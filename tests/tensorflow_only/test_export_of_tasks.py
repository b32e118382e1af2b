"""Keras exports the model of a task as any other."""

import pytest


@pytest.mark.parametrize("called", [False, True])
def test_keras_exports_a_task_whether_it_ran_or_not(make_model, images, called, tmp_path):
    model = make_model(compiled=False)
    if called:
        model(images)
    archive = tmp_path / "exported"
    model.export(archive, format="tf_saved_model", verbose=False)
    assert (archive / "saved_model.pb").exists()
