"""Files for a server beside the versions: written where they are missing, in the messages that a server parses."""

from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format, wrappers_pb2
from tensorflow_serving.config import model_server_config_pb2

from keras_modnet.export.server_files import model_name, write_server_files

# tensorflow.serving.BatchingParameters, of TensorFlow Serving's session_bundle_config.proto, which the package
# tensorflow-serving-api lacks: fields by number, whole numbers in a message of their own each, but for the list.
WRAPPED = {"max_batch_size": 1, "batch_timeout_micros": 2, "max_enqueued_batches": 3, "num_batch_threads": 4}
LISTED = {"allowed_batch_sizes": 6}


def batching_parameters():
    """Returns an empty `BatchingParameters`."""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="batching.proto", package="tensorflow.serving", syntax="proto3")
    file.dependency.append(wrappers_pb2.DESCRIPTOR.name)
    message = file.message_type.add(name="BatchingParameters")
    for name, number in WRAPPED.items():
        kind = {"type": field.TYPE_MESSAGE, "type_name": ".google.protobuf.Int64Value"}
        message.field.add(name=name, number=number, label=field.LABEL_OPTIONAL, **kind)
    for name, number in LISTED.items():
        message.field.add(name=name, number=number, label=field.LABEL_REPEATED, type=field.TYPE_INT64)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tensorflow.serving.BatchingParameters"))()


def models_of(text):
    """Returns the `ModelConfig`s of a text."""
    return text_format.Parse(text, model_server_config_pb2.ModelServerConfig()).model_config_list.config


def test_both_are_written_and_name_the_model(tmp_path):
    folder = tmp_path / "my digits"
    folder.mkdir()
    write_server_files(folder, 7)
    models, batching = ((folder / f"{name}.config").read_text() for name in ("models", "batching"))
    [model] = models_of(models)
    assert (model.name, model.base_path, model.model_platform) == ("my_digits", "/models/my_digits", "tensorflow")
    assert not model.version_labels
    parameters = text_format.Parse(batching, batching_parameters())
    sizes = list(parameters.allowed_batch_sizes)
    # A server refuses other lists.
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == parameters.max_batch_size.value
    assert min(getattr(parameters, name).value for name in WRAPPED) > 0
    assert sorted(path.name for path in folder.iterdir()) == ["batching.config", "models.config"]


def test_the_examples_in_comments_are_what_a_server_takes(tmp_path):
    write_server_files(tmp_path, 7)
    text = (tmp_path / "models.config").read_text()
    for example in ("version_labels", "model_version_policy"):
        assert text.count(f"# {example} {{") == 1
        text = text.replace(f"# {example} {{", f"{example} {{")
    [model] = models_of(text)
    assert model.version_labels == {"stable": 7}
    assert model.model_version_policy.specific.versions == [7]


def test_what_a_person_wrote_stays(tmp_path):
    (tmp_path / "models.config").write_text("mine")
    write_server_files(tmp_path, 1)
    assert (tmp_path / "models.config").read_text() == "mine"
    assert (tmp_path / "batching.config").read_text().startswith("# Batching")


def test_a_model_has_a_name_wherever_it_lies(tmp_path):
    assert model_name(Path(tmp_path.anchor)) == "model"
