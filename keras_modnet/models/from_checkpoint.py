"""Models from published checkpoints."""

from keras_modnet.converters import convert
from keras_modnet.layers.initial_values import without_initial_values
from keras_modnet.models.modnet import ModNet
from keras_modnet.models.preset_io import assign_tensors


def from_checkpoint(path, architecture, image_size=None, dtype=None):
    """Makes a model from a published checkpoint of a network of equal blocks.

    Block i of the bank is the network's block i, and the one task runs them in their order, so that its outputs are
    those of the published network: logits of the task "imagenet", or, of a network without classes such as DINOv2, the
    class token beside the mean of the patches, of the task "features". The file is read without torch, and nothing in
    it is run.

    Args:
        path: path of the file, of `torch.save` (torch 1.6 and later) or of safetensors.
        architecture: a name out of `keras_modnet.converters.ARCHITECTURES`, or an `Architecture`.
        image_size: side of the images in pixels, a multiple of the patch size; default that of the published network,
            518 of DINOv2 and 224 of all others. Position embeddings of a vision transformer are interpolated to it, as
            the code published with the file does it; of other networks no tensor changes.
        dtype: dtype policy of the model such as `"mixed_bfloat16"`; default Keras's global one.

    Returns:
        A `ModNet`.

    Raises:
        CheckpointError: the file cannot be read or trusted, or a tensor is missing, unknown or of another shape.
        ValueError: an unknown architecture, or a size of images that it cannot have.
    """
    converted = convert(path, architecture, image_size)
    with without_initial_values():
        model = ModNet(**converted.arguments, dtype=dtype)
    assign_tensors(model, converted.tensors)
    return model
