"""Vision transformers in every published layout: the tensors of the bank, and torch's features."""

import keras
import numpy as np
import pytest

import keras_modnet
from keras_modnet.converters import CheckpointError, convert
from tests.converters.small_transformers import (
    FEATURES,
    NETWORKS,
    REGISTERS,
    SIZES,
    published_weights,
    write_weights,
)

WIDTH, DEPTH, HEADS = 128, 3, 2


@pytest.fixture
def files(tmp_path):
    """Returns `files(name, **changes)`: the path of a network with some tensors changed or, for None, left out."""

    def write(name, **changes):
        weights = {key: array for key, array in (published_weights(name) | changes).items() if array is not None}
        return write_weights(weights, tmp_path / f"{name}.safetensors")

    return write


def largest(a, b):
    return float(np.abs(keras.ops.convert_to_numpy(a) - b).max())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NETWORKS)
def test_outputs_are_those_of_torch_for_images_of_every_size(name, size, files, fixtures):
    answers, (architecture, _) = np.load(fixtures / f"{name}.npz"), NETWORKS[name]
    model = keras_modnet.from_checkpoint(files(name), architecture, image_size=size)
    outputs = answers[f"outputs_{size}"]
    assert np.abs(outputs).max() > 0.1
    assert largest(model(answers[f"images_{size}"]), outputs) < 1e-4


def test_features_are_the_class_token_beside_the_mean_of_the_patches(files, fixtures):
    images = np.load(fixtures / "dinov2.npz")["images_16"]
    path = files("dinov2")
    model = keras_modnet.from_checkpoint(path, FEATURES)
    assert model.task_names == ("features",)
    assert model.predict(images, verbose=0).shape == (2, 2 * WIDTH)
    model.add_task("mine", 3)
    assert model.task("mine")(images).shape == (2, 3)
    assert model.named_variables()["tasks/mine/head/kernel"].shape == (2 * WIDTH, 3)


@pytest.mark.parametrize("name", NETWORKS)
def test_tensors_are_those_of_the_model_by_name_shape_and_type(name, files):
    converted = convert(files(name), NETWORKS[name][0])
    model = keras_modnet.ModNet(**converted.arguments)
    described = {path: (variable.shape, variable.dtype) for path, variable in model.named_variables().items()}
    assert {path: (array.shape, array.dtype.name) for path, array in converted.tensors.items()} == described


def test_each_tensor_is_where_it_belongs(files):
    tensors, published = convert(files("dinov2_registers"), REGISTERS).tensors, published_weights("dinov2_registers")
    block = {key.removeprefix("blocks.1."): array for key, array in published.items() if key.startswith("blocks.1.")}
    query, key, value = np.split(block["attn.qkv.weight"], 3)
    expected = {
        "attention/query_kernel": query.T.reshape(WIDTH, HEADS, 64),
        "attention/key_kernel": key.T.reshape(WIDTH, HEADS, 64),
        "attention/value_kernel": value.T.reshape(WIDTH, HEADS, 64),
        "attention/key_bias": block["attn.qkv.bias"][WIDTH : 2 * WIDTH].reshape(HEADS, 64),
        "attention/output_kernel": block["attn.proj.weight"].T.reshape(HEADS, 64, WIDTH),
        "attention/output_bias": block["attn.proj.bias"],
        "norm1/scale": block["norm1.weight"],
        "norm2/offset": block["norm2.bias"],
        "scale1/scale": block["ls1.gamma"].reshape(1, 1, WIDTH, 1),
        "scale2/scale": block["ls2.gamma"].reshape(1, 1, WIDTH, 1),
        "expand/kernel": block["mlp.fc1.weight"].T,
        "expand/bias": block["mlp.fc1.bias"],
        "project/kernel": block["mlp.fc2.weight"].T,
    }
    for name, array in expected.items():
        assert tensors[f"bank/{name}"].shape == (DEPTH, *array.shape)
        np.testing.assert_array_equal(tensors[f"bank/{name}"][1], array)
    np.testing.assert_array_equal(tensors["stem/class_token"], published["cls_token"][0, 0])
    np.testing.assert_array_equal(tensors["stem/register_tokens"], published["register_tokens"][0])
    np.testing.assert_array_equal(tensors["stem/positions"], published["pos_embed"][0])
    np.testing.assert_array_equal(tensors["stem/kernel"], published["patch_embed.proj.weight"].transpose(2, 3, 1, 0))
    np.testing.assert_array_equal(tensors["tasks/features/head/output/scale"], published["norm.weight"][None])
    assert not [name for name in tensors if name.startswith("tasks/features/head/") and "output" not in name]


@pytest.mark.parametrize("name", ["dinov2", "dinov2_registers"])
def test_both_layouts_of_the_same_numbers_give_the_same_tensors(name, files):
    own, theirs = (convert(files(layout), NETWORKS[name][0]).tensors for layout in (name, f"{name}_transformers"))
    assert own.keys() == theirs.keys()
    assert all(np.array_equal(own[path], theirs[path]) for path in own)


def test_a_network_without_layer_scales_has_ones(files):
    tensors = convert(files("timm"), NETWORKS["timm"][0]).tensors
    np.testing.assert_array_equal(tensors["bank/scale2/scale"], np.ones((DEPTH, 1, 1, WIDTH, 1)))


def test_of_a_classifier_of_transformers_the_backbone_is_taken(tmp_path, files):
    weights = {f"dinov2.{name}": array for name, array in published_weights("dinov2_transformers").items()}
    weights |= {"classifier.weight": np.zeros((3, 2 * WIDTH), "float32"), "classifier.bias": np.zeros(3, "float32")}
    backbone = convert(write_weights(weights, tmp_path / "classifier.safetensors"), FEATURES).tensors
    plain = convert(files("dinov2_transformers"), FEATURES).tensors
    assert all(np.array_equal(backbone[name], array) for name, array in plain.items())


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("timm", {"pos_embed": None}, r"'pos_embed' of shape \(1, 17, 128\); found none of this name"),
        ("timm", {"pos_embed": np.zeros((1, 16, 128), "float32")}, r"found shape \(1, 16, 128\)"),
        ("timm", {"blocks.1.attn.qkv.weight": np.zeros((128, 128), "float32")}, r"of shape \(384, 128\); found"),
        ("timm", {"dist_token": np.zeros((1, 1, 128), "float32")}, "architecture alone; found 'dist_token' beside"),
        ("dinov2", {"blocks.2.ls1.gamma": None}, r"'blocks\.2\.ls1\.gamma' of shape \(128,\); found none"),
        ("dinov2", {"blocks.0.ls1.gamma": None}, r"architecture alone; found 'blocks\.0\.ls2\.gamma' beside"),
        ("dinov2_registers", {"register_tokens": None}, r"'register_tokens' of shape \(1, 2, 128\); found none"),
        ("dinov2_transformers", {"layernorm.bias": None}, r"'layernorm\.bias' of shape \(128,\); found none"),
    ],
)
def test_a_wrong_tensor_is_one_error_that_names_it(name, changes, message, files):
    with pytest.raises(CheckpointError, match=message) as caught:
        convert(files(name, **changes), NETWORKS[name][0])
    assert "\n" not in str(caught.value)


def test_registers_that_are_not_asked_for_are_refused(files):
    with pytest.raises(CheckpointError, match="found 'register_tokens' beside them"):
        convert(files("dinov2_registers"), FEATURES)
