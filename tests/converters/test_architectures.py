"""The descriptions of published networks: their sizes, and what cannot be."""

import dataclasses

import pytest

from keras_modnet.converters import ARCHITECTURES, ConvNeXt, VisionTransformer, imagenet_class_names
from keras_modnet.converters.architectures import DESCRIPTIONS


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"class_names": ("a",)}, "`class_names` must be 5 texts, or None for the 1000 of ImageNet-1k"),
        ({"class_names": None}, "`class_names` must be 5 texts"),
    ],
)
def test_a_description_that_cannot_be_is_refused(convnext, arguments, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(convnext, **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"width": 100}, "`width` must be a multiple of 64, the channels of a head"),
        ({"register_tokens": -1}, "`register_tokens` must be a whole number of at least 0"),
        ({"class_names": ("a",)}, "`class_names` must be None where there are no classes"),
        ({"num_classes": 2}, "`class_names` must be 2 texts"),
    ],
)
def test_a_transformer_that_cannot_be_is_refused(arguments, message):
    sizes = {"depth": 1, "width": 64, "patch_size": 4, "num_classes": None}
    with pytest.raises(ValueError, match=message):
        VisionTransformer(**sizes | arguments)


def parameters(description):
    """Weights of the published networks, counted by hand."""
    width, depth = description.width, description.depth
    classes = description.num_classes or 0
    stem, head = 3 * description.patch_size**2 * width + width, classes * width + classes
    if isinstance(description, VisionTransformer):
        tokens = 1 + description.register_tokens + 1 + (description.image_size // description.patch_size) ** 2
        block = 4 * width + 4 * (width**2 + width) + (8 * width**2 + 5 * width)
        return stem + tokens * width + depth * block + 2 * width + head
    depthwise = description.kernel_size**2 * width + width
    if isinstance(description, ConvNeXt):
        block = depthwise + 2 * width + (4 * width**2 + 4 * width) + (4 * width**2 + width)
        return stem + depth * block + 2 * width + head
    return stem + 2 * width + depth * (depthwise + width**2 + width + 4 * width) + head


@pytest.mark.parametrize(
    ("architecture", "millions"),
    [
        ("convnext_isotropic_small", 22),
        ("convnext_isotropic_base", 87),
        ("convnext_isotropic_large", 306),
        ("convmixer_768_32", 21),
        ("convmixer_1024_20", 24),
        ("dinov2_small", 22),
        ("dinov2_base_registers", 87),
        ("dinov2_large", 304),
        ("deit_tiny", 6),
        ("deit_small", 22),
        ("vit_base", 87),
    ],
)
def test_descriptions_have_the_published_number_of_parameters(architecture, millions):
    assert round(parameters(DESCRIPTIONS[architecture]) / 1e6) == millions


def test_networks_with_classes_are_of_imagenet():
    assert set(ARCHITECTURES) == set(DESCRIPTIONS)
    for description in (one for one in DESCRIPTIONS.values() if one.num_classes):
        arguments = description.arguments()
        assert arguments["image_shape"] == [224, 224, 3]
        assert 224 % arguments["patch_size"] == 0
        assert arguments["tasks"]["imagenet"]["class_names"] == list(imagenet_class_names())


@pytest.mark.parametrize("size", ["small", "base", "large"])
@pytest.mark.parametrize(("ending", "registers"), [("", 0), ("_registers", 4)])
def test_dinov2_gives_features_of_images_of_518_pixels(size, ending, registers):
    arguments = DESCRIPTIONS[f"dinov2_{size}{ending}"].arguments()
    assert arguments["image_shape"] == [518, 518, 3]
    assert (arguments["patch_size"], arguments["register_tokens"]) == (14, registers)
    assert arguments["tasks"]["features"]["num_classes"] is None
    assert arguments["pixel_mean"] == [123.675, 116.28, 103.53]


@pytest.mark.parametrize(
    ("architecture", "size", "short_side"),
    [
        ("convnext_isotropic_small", None, 256),
        ("deit_tiny", None, 256),
        ("vit_base", None, 248),
        ("convmixer_1024_20", None, 233),
        ("dinov2_small", 224, 256),
        ("dinov2_small", None, 592),
    ],
)
def test_photographs_are_cropped_as_the_network_was_tested(architecture, size, short_side):
    arguments = DESCRIPTIONS[architecture].arguments(size)
    assert arguments["resizing"] == {"mode": "crop", "short_side": short_side, "interpolation": "bicubic"}


def test_augreg_networks_take_pixels_from_minus_one_to_one():
    arguments = DESCRIPTIONS["vit_small"].arguments()
    assert arguments["pixel_mean"] == arguments["pixel_std"] == [127.5, 127.5, 127.5]
    assert DESCRIPTIONS["deit_small"].arguments()["pixel_std"] == [58.395, 57.12, 57.375]
    assert DESCRIPTIONS["vit_small"].arguments()["tasks"]["imagenet"]["pooling"] == "class_token"


def test_class_names_are_in_the_order_of_the_labels():
    names = imagenet_class_names()
    assert len(names) == 1000
    assert (names[0], names[-1]) == ("tench, Tinca tinca", "toilet tissue, toilet paper, bathroom tissue")
    assert names.index("great grey owl, great gray owl, Strix nebulosa") == 24
