"""The SavedModel's signatures, and the files. Imports TensorFlow where it writes."""

import keras

from keras_modnet.checks import expect

DEFAULT_SIGNATURE = "serving_default"
BYTES_ENDING = "_image_bytes"


def signature_names(tasks, image_bytes):
    """Returns `{signature name: task}`; the default signature's task is None.

    Args:
        tasks: names of the tasks.
        image_bytes: whether each task has a signature for encoded images, too.

    Raises:
        ValueError: two signatures would have one name.
    """
    pairs = [(task, task) for task in tasks]
    if image_bytes:
        pairs += [(task + BYTES_ENDING, task) for task in tasks]
    pairs.append((DEFAULT_SIGNATURE, None))
    names = [name for name, _ in pairs]
    unique = len(set(names)) == len(names)
    expect(
        unique, "tasks", f"other than {DEFAULT_SIGNATURE!r} and than another task's name with {BYTES_ENDING!r}", tasks
    )
    return dict(pairs)


def write_saved_model(static, folder, default, image_bytes, featured=()):
    """Writes a SavedModel; Keras must run on TensorFlow.

    Args:
        static: what `ModNet.to_static_tasks` returned.
        folder: path to write to.
        default: task of the default signature.
        image_bytes: whether each task has a signature for encoded images, too.
        featured: names of tasks without classes, which give features in place of logits.
    """
    import tensorflow as tf

    image_shape = static.inputs[0].shape[1:]
    module = tf.Module()
    # TensorFlow's own variables and nothing of Keras around them: saved as a Keras object, each would be stored twice.
    module.stored = [variable.value for variable in static.variables]
    signatures = {}
    for task, logits in static.output.items():
        answer = (_features if task in featured else _answer)(keras.Model(static.inputs, logits))
        images = tf.TensorSpec((None, *image_shape), tf.float32, name="images")
        signatures[task] = tf.function(answer, input_signature=[images])
        if image_bytes:
            encoded = tf.TensorSpec((None,), tf.string, name="image_bytes")
            signatures[task + BYTES_ENDING] = tf.function(_decoding(answer, image_shape), input_signature=[encoded])
    tf.saved_model.save(module, str(folder), signatures | {DEFAULT_SIGNATURE: signatures[default]})


def _answer(network):
    import tensorflow as tf

    def answer(images):
        logits = network(images, training=False)
        return {"logits": logits, "probabilities": tf.nn.softmax(logits)}

    return answer


def _features(network):
    def answer(images):
        return {"features": network(images, training=False)}

    return answer


def _decoding(answer, image_shape):
    import tensorflow as tf

    def decode(encoded):
        # The first picture of an animation; a fourth axis would fit no batch.
        image = tf.io.decode_image(encoded, channels=image_shape[-1], expand_animations=False)
        return tf.image.resize(image, image_shape[:2], antialias=True)

    def answer_to_bytes(image_bytes):
        return answer(tf.map_fn(decode, image_bytes, fn_output_signature=tf.TensorSpec(image_shape, tf.float32)))

    return answer_to_bytes
