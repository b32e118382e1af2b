"""A converted checkpoint is the published network: equal logits, as a model, as a preset, as a static network."""

import keras
import numpy as np
import pytest
import safetensors.numpy

import keras_modnet
from keras_modnet.converters import CheckpointError, convert, read_pth
from keras_modnet.presets import write_preset


def largest(a, b):
    return float(np.abs(keras.ops.convert_to_numpy(a) - keras.ops.convert_to_numpy(b)).max())


def test_logits_are_those_of_torch(network):
    path, architecture, images, logits = network
    model = keras_modnet.from_checkpoint(path, architecture)
    assert np.abs(logits).max() > 0.1
    assert largest(model(images), logits) < 1e-4


def test_the_ordering_is_the_identity_and_fixed(network, values):
    path, architecture, *_ = network
    model = keras_modnet.from_checkpoint(path, architecture)
    assert model.ordering("imagenet").blocks == (0, 1, 2)
    assert model.ordering("imagenet").is_hard
    before = values(model)
    model.set_ordering("imagenet", [0, 1, 2])
    after = values(model)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_tensors_are_those_of_the_model_by_name_shape_and_type(network):
    path, architecture, *_ = network
    converted = convert(path, architecture)
    model = keras_modnet.ModNet(**converted.arguments)
    described = {name: (variable.shape, variable.dtype) for name, variable in model.named_variables().items()}
    assert {name: (array.shape, array.dtype.name) for name, array in converted.tensors.items()} == described


def test_a_preset_made_without_a_model_gives_the_same_logits(network, tmp_path):
    path, architecture, images, logits = network
    converted = convert(path, architecture)
    config = {"class": "ModNet", "keras_modnet_version": "0.1.0", "model": converted.arguments}
    folder = write_preset(tmp_path / "preset", config, converted.tensors)
    model = keras_modnet.from_preset(str(folder))
    assert largest(model(images), logits) < 1e-4
    assert model.class_names == {"imagenet": tuple("abcde")}


@pytest.mark.parametrize("fold_norms", [False, True])
def test_the_static_network_gives_the_same_logits(network, fold_norms):
    path, architecture, images, logits = network
    static = keras_modnet.from_checkpoint(path, architecture).to_static("imagenet", fold_norms)
    assert all(type(layer).__module__.startswith("keras.") for layer in static.layers)
    assert largest(static(images), logits) < 1e-4


def test_a_block_can_be_repeated(network):
    path, architecture, images, logits = network
    model = keras_modnet.from_checkpoint(path, architecture)
    model.set_ordering("imagenet", model.ordering("imagenet").repeat(step=1))
    repeated = keras.ops.convert_to_numpy(model(images))
    assert model.ordering("imagenet").blocks == (0, 1, 1, 2)
    assert np.isfinite(repeated).all()
    assert largest(repeated, logits) > 1e-3
    assert largest(model.to_static("imagenet")(images), repeated) < 1e-4


def test_a_step_of_a_mixed_bank_is_that_of_torch_where_the_ordering_is_hard(network):
    path, architecture, images, logits = network
    converted = convert(path, architecture)
    model = keras_modnet.ModNet(**converted.arguments | {"mixing": "outputs", "unroll": False})
    for name, variable in model.named_variables().items():
        variable.assign(converted.tensors[name])
    mixed = model.run_with_ordering("imagenet", images, np.eye(3, dtype="float32"))
    assert largest(mixed, logits) < 1e-4


def test_a_dtype_policy_is_taken_over(network):
    path, architecture, images, _ = network
    model = keras_modnet.from_checkpoint(path, architecture, dtype="mixed_bfloat16")
    assert model.bank.compute_dtype == "bfloat16"
    assert keras.backend.standardize_dtype(model(images).dtype) == "float32"


def change(fixtures, tmp_path, **changes):
    """The small ConvNeXt with some tensors changed or, for None, left out, as a file of safetensors."""
    tensors = dict(read_pth(fixtures / "convnext.pth")) | changes
    path = tmp_path / "changed.safetensors"
    safetensors.numpy.save_file({name: np.array(v) for name, v in tensors.items() if v is not None}, path)
    return path


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"head.bias": None}, r"expected tensor 'head\.bias' of shape \(5,\); found none of this name"),
        ({"head.bias": np.zeros(6, "float32")}, r"tensor 'head\.bias' of shape \(5,\); found shape \(6,\)"),
        ({"blocks.1.norm.bias": np.zeros(8, "int32")}, r"tensor 'blocks\.1\.norm\.bias' of floats; found int32"),
        ({"blocks.3.norm.bias": np.zeros(8, "float32")}, r"architecture alone; found 'blocks\.3\.norm\.bias' beside"),
        ({"blocks.2.dwconv.weight": np.zeros((8, 8, 7, 7), "float32")}, r"of shape \(8, 1, 7, 7\); found shape \(8, 8"),
    ],
)
def test_a_wrong_tensor_is_refused_by_name(fixtures, convnext, tmp_path, changes, message):
    path = change(fixtures, tmp_path, **changes)
    with pytest.raises(CheckpointError, match=message) as caught:
        convert(path, convnext)
    assert str(path) in str(caught.value)


def test_the_file_of_another_network_is_refused(fixtures):
    with pytest.raises(
        CheckpointError, match=r"expected tensor 'stem\.weight' of shape \(384, 3, 16, 16\); found shape"
    ):
        convert(fixtures / "convnext.pth", "convnext_isotropic_small")


def test_an_unknown_architecture_is_refused(fixtures):
    with pytest.raises(ValueError, match="`architecture` must be one of 'convnext_isotropic_small', "):
        keras_modnet.from_checkpoint(fixtures / "convnext.pth", "resnet50")


def test_a_new_task_learns_on_a_converted_bank_and_leaves_the_published_one(network):
    path, architecture, published, logits = network
    model = keras_modnet.from_checkpoint(path, architecture)
    generator = np.random.default_rng(0)
    labels = np.arange(24) % 2
    # Dark images and bright ones.
    images = (generator.uniform(0, 80, (24, 16, 16, 3)) + 150 * labels[:, None, None, None]).astype("float32")
    model.add_task("bright", 2, init_from="imagenet", class_names=["dark", "bright"])
    options = {"parts": ("ordering", "statistics", "head"), "learning_rate": 0.1, "epochs": 20, "verbose": 0}
    result = keras_modnet.adapt_task(model, "bright", (images, labels), search="coordinate", **options)
    assert result.ordering_after.is_hard
    bright = model.task("bright")
    predicted = keras_modnet.decode_predictions(model, bright(images), top=1, task="bright")
    right = [row.name == ("dark", "bright")[label] for (row,), label in zip(predicted, labels, strict=True)]
    assert np.mean(right) > 0.9
    assert largest(model(published), logits) < 1e-4


def test_half_precision_weights_become_float32(fixtures, convnext, tmp_path):
    half = {name: array.astype("float16") for name, array in read_pth(fixtures / "convnext.pth").items()}
    converted = convert(change(fixtures, tmp_path, **half), convnext)
    assert converted.tensors["bank/expand/kernel"].dtype == np.float32
    whole = convert(fixtures / "convnext.pth", convnext).tensors["bank/expand/kernel"]
    np.testing.assert_allclose(converted.tensors["bank/expand/kernel"], whole, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("image_size", "message"),
    [
        (18, "a multiple of the patch size 4. Received: 18"),
        (0, "a whole number of at least 1"),
        (8.0, "a whole number"),
    ],
)
def test_a_size_of_images_that_cannot_be_is_refused_before_the_file_is_read(convnext, image_size, message):
    with pytest.raises(ValueError, match=f"`image_size` must be {message}"):
        convert("no_such_file.pth", convnext, image_size)


def test_images_of_another_size_change_no_tensor_of_a_convolutional_network(fixtures, convnext):
    published, other = (convert(fixtures / "convnext.pth", convnext, size) for size in (None, 24))
    # As much of a photograph: 24 of 27, as 224 of 256.
    resizing = published.arguments["resizing"] | {"short_side": 27}
    assert other.arguments == published.arguments | {"image_shape": [24, 24, 3], "resizing": resizing}
    assert all(np.array_equal(other.tensors[name], array) for name, array in published.tensors.items())
    model = keras_modnet.from_checkpoint(fixtures / "convnext.pth", convnext, image_size=24)
    assert model(np.zeros((1, 24, 24, 3), "float32")).shape == (1, 5)
