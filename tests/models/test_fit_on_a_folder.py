"""`fit` and `evaluate` take a folder of images as they take arrays."""

import pytest

from tests.data.made_folders import make_folder


@pytest.fixture
def model(make_model):
    return make_model(
        tasks={"shades": 2, "other": {"num_classes": 2, "class_names": ["light", "dark"]}}, image_shape=(4, 4, 3)
    )


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path / "photos", {"dark": 4, "light": 4})


def test_a_folder_trains_validates_and_names_the_classes(model, folder):
    history = model.fit(str(folder), epochs=2, verbose=0, batch_size=4, validation_split=0.25).history
    assert len(history["val_loss"]) == 2
    assert model.class_names["shades"] == ("dark", "light")
    assert "loss" in model.evaluate(folder, verbose=0, return_dict=True)
    model.fit(folder, epochs=1, verbose=0, validation_data=str(folder), shuffle=False)


def test_labels_are_those_of_the_names_that_a_task_has(model, folder, compile_model):
    task = compile_model(model.task("other"), metrics=["accuracy"])
    kernel, bias = task.task_layers["other"].head.dense.kernel, task.task_layers["other"].head.dense.bias
    kernel.assign(kernel * 0)
    # All images are taken for the first class, "light".
    bias.assign([5.0, 0.0])
    for name in ("dark", "light"):
        for path in sorted((folder / name).iterdir())[1 if name == "dark" else 3 :]:
            path.unlink()
    assert task.evaluate(folder, verbose=0, return_dict=True)["accuracy"] == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("given", "argument"),
    [
        ({"y": [0]}, "y"),
        ({"validation_split": 0.5, "validation_data": ([0], [0])}, "validation_split"),
        ({"batch_size": 0}, "batch_size"),
    ],
)
def test_what_does_not_go_with_a_folder_is_refused(model, folder, given, argument):
    with pytest.raises(ValueError, match=f"`{argument}` must be"):
        model.fit(folder, verbose=0, **given)
    assert model.class_names["shades"] is None


def test_a_folder_belongs_to_one_task_and_is_not_predicted(model, folder):
    with pytest.raises(ValueError, match="`x` must be a dict by task, or a folder for the model of one task"):
        model.joint(("shades", "other")).fit(folder)
    with pytest.raises(ValueError, match="`predict_images` takes a folder"):
        model.predict(folder)
