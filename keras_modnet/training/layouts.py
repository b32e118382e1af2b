"""The bank over several devices: each holds some of the blocks."""

import keras

from keras_modnet.checks import expect


def bank_layout_map(mesh, axis="blocks"):
    """Returns the layout of variables in which the devices of one axis of a mesh part the bank's blocks among them.

    For `keras.distribution.ModelParallel`, on JAX. All other variables lie on every device.

    Args:
        mesh: a `keras.distribution.DeviceMesh`.
        axis: name of the mesh's axis; its devices divide the blocks of the bank.

    Returns:
        A `keras.distribution.LayoutMap`.

    Raises:
        ValueError: a mesh without that axis.

    Example:
        mesh = keras.distribution.DeviceMesh((1, 4), ("batch", "blocks"), keras.distribution.list_devices())
        layout_map = keras_modnet.bank_layout_map(mesh)
        keras.distribution.set_distribution(
            keras.distribution.ModelParallel(layout_map=layout_map, batch_dim_name="batch")
        )
        model = keras_modnet.ModNet(image_shape=(32, 32, 3), tasks={"digits": 10}, num_blocks=4)
    """
    expect(axis in mesh.axis_names, "axis", f"one of the mesh's axes {tuple(mesh.axis_names)}", axis)
    layout_map = keras.distribution.LayoutMap(mesh)
    # The block axis comes first in every weight of the bank; the axes behind it are whole on each device.
    layout_map["bank/.*"] = keras.distribution.TensorLayout((axis,))
    # What an optimizer keeps for a weight has the weight's path in its name.
    layout_map["[^/]+/bank_.*"] = keras.distribution.TensorLayout((axis,))
    return layout_map
