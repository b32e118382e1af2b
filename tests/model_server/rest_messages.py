"""JSON of predict requests and answers, as TensorFlow Serving documents it."""

import base64

import numpy as np
import tensorflow as tf

from model_server.versions import WrongRequestError


def inputs_of(body, signature):
    """Returns `{input: array}` of a request, and whether it is in row format.

    Args:
        body: the request, decoded.
        signature: the `SignatureDef` that it names.
    """
    if not isinstance(body, dict) or ("instances" in body) == ("inputs" in body):
        raise WrongRequestError("either instances or inputs")
    in_rows = "instances" in body
    values = _columns(body["instances"], signature) if in_rows else _named(body["inputs"], signature)
    unknown = set(values) - set(signature.inputs)
    if unknown:
        raise WrongRequestError(f"no inputs {sorted(unknown)}")
    return {name: _array(value, signature.inputs[name].dtype) for name, value in values.items()}, in_rows


def answer_of(outputs, in_rows):
    """Returns the answer to a request, to be encoded; a single output goes without its name.

    Args:
        outputs: `{output: array}`.
        in_rows: what `inputs_of` returned.
    """
    outputs = {name: _listed(name, values) for name, values in outputs.items()}
    single = next(iter(outputs.values())) if len(outputs) == 1 else None
    if not in_rows:
        return {"outputs": outputs if single is None else single}
    if len({len(values) for values in outputs.values()}) != 1:
        raise WrongRequestError("outputs of different batches have no rows")
    rows = [dict(zip(outputs, row, strict=True)) for row in zip(*outputs.values(), strict=True)]
    return {"predictions": rows if single is None else single}


def _is_binary(value):
    return isinstance(value, dict) and list(value) == ["b64"]


def _columns(instances, signature):
    if not isinstance(instances, list) or not instances:
        raise WrongRequestError("instances must be a list that is not empty")
    if not isinstance(instances[0], dict) or _is_binary(instances[0]):
        return _named(instances, signature)
    if any(not isinstance(one, dict) or set(one) != set(instances[0]) for one in instances):
        raise WrongRequestError("instances must name the same inputs")
    return {name: [one[name] for one in instances] for name in instances[0]}


def _named(value, signature):
    if isinstance(value, dict) and not _is_binary(value):
        return value
    if len(signature.inputs) != 1:
        raise WrongRequestError(f"inputs must be named: {sorted(signature.inputs)}")
    return {next(iter(signature.inputs)): value}


def _array(value, dtype):
    dtype = tf.as_dtype(dtype)
    leaf = {"string": _text, "float32": _number, "int32": _whole}[dtype.name]
    try:
        return np.array(_leaves(value, leaf), dtype.as_numpy_dtype)
    except ValueError as error:
        raise WrongRequestError(f"lists of unequal lengths: {error}") from error


def _leaves(value, leaf):
    return [_leaves(one, leaf) for one in value] if isinstance(value, list) else leaf(value)


def _text(value):
    if _is_binary(value):
        return base64.b64decode(value["b64"], validate=True)
    if not isinstance(value, str):
        raise WrongRequestError(f"{value!r} is no text")
    return value.encode()


def _number(value):
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongRequestError(f"{value!r} is no number")
    return value


def _whole(value):
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongRequestError(f"{value!r} is no whole number")
    return value


def _listed(name, values):
    if values.dtype != object:
        return values.tolist()
    # What is binary is told by the output's name alone.
    encode = (lambda v: {"b64": base64.b64encode(v).decode()}) if name.endswith("_bytes") else bytes.decode
    return np.vectorize(encode, otypes=[object])(values).tolist() if values.size else values.tolist()
