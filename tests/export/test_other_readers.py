"""Readers of SavedModels that share no Python with the writer: TensorFlow's C library, and its command line."""

import ctypes
import pathlib
import subprocess
import sys

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

TF_FLOAT = 1


class Output(ctypes.Structure):
    """`TF_Output`: an output of an operation."""

    _fields_ = [("operation", ctypes.c_void_p), ("index", ctypes.c_int)]


class Library:
    """The few functions of TensorFlow's C library that load a SavedModel and run it in a session."""

    def __init__(self):
        self.functions = ctypes.CDLL(str(pathlib.Path(tf.sysconfig.get_lib()) / "libtensorflow_cc.so.2"))
        self.status = self.call("TF_NewStatus")
        self.graph = self.call("TF_NewGraph")

    def call(self, name, *arguments, returns=ctypes.c_void_p):
        function = getattr(self.functions, name)
        function.restype = returns
        return function(*(ctypes.c_void_p(value) if isinstance(value, int) else value for value in arguments))

    def load(self, folder):
        tags, options = (ctypes.c_char_p * 1)(b"serve"), self.call("TF_NewSessionOptions")
        arguments = (options, None, str(folder).encode(), tags, ctypes.c_int(1), self.graph, None, self.status)
        self.session = self.call("TF_LoadSessionFromSavedModel", *arguments)
        self.expect_ok()

    def run(self, given, name, wanted, shape):
        fed, got = (self.output(name) for name in (name, wanted))
        dims = (ctypes.c_int64 * given.ndim)(*given.shape)
        counts = ctypes.c_int(TF_FLOAT), dims, ctypes.c_int(given.ndim), ctypes.c_size_t(given.nbytes)
        tensor = self.call("TF_AllocateTensor", *counts)
        ctypes.memmove(self.call("TF_TensorData", tensor), given.ctypes.data, given.nbytes)
        tensors, answers, one = (ctypes.c_void_p * 1)(tensor), (ctypes.c_void_p * 1)(), ctypes.c_int(1)
        inputs, outputs = (ctypes.byref(fed), tensors, one), (ctypes.byref(got), answers, one)
        nothing = (None, ctypes.c_int(0), None, self.status)
        self.call("TF_SessionRun", self.session, None, *inputs, *outputs, *nothing, returns=None)
        self.expect_ok()
        data = self.call("TF_TensorData", answers[0])
        return np.ctypeslib.as_array(ctypes.cast(data, ctypes.POINTER(ctypes.c_float)), shape).copy()

    def output(self, name):
        operation, index = name.split(":")
        found = self.call("TF_GraphOperationByName", self.graph, operation.encode())
        assert found is not None
        return Output(found, int(index))

    def expect_ok(self):
        message = self.call("TF_Message", self.status, returns=ctypes.c_char_p)
        assert self.call("TF_GetCode", self.status, returns=ctypes.c_int) == 0, message


def test_the_c_library_answers_as_the_model_does(exported, serving_model, images, logits_of):
    saved = saved_model_pb2.SavedModel.FromString((exported.path / "saved_model.pb").read_bytes())
    library = Library()
    library.load(exported.path)
    for task in ("digits", "marks"):
        signature, wanted = saved.meta_graphs[0].signature_def[task], logits_of(serving_model, task, images)
        names = signature.inputs["images"].name, signature.outputs["logits"].name
        np.testing.assert_allclose(library.run(images, *names, wanted.shape), wanted, atol=1e-5)


def test_saved_model_cli_answers_as_the_model_does(exported, serving_model, images, logits_of, tmp_path):
    np.save(tmp_path / "images.npy", images)
    line = ["run", "--dir", str(exported.path), "--tag_set", "serve", "--signature_def", "marks"]
    line += ["--inputs", f"images={tmp_path / 'images.npy'}", "--outdir", str(tmp_path)]
    # A process of its own: its flags have the names of other programs' flags.
    command = [sys.executable, "-m", "tensorflow.python.tools.saved_model_cli", *line]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    np.testing.assert_allclose(np.load(tmp_path / "logits.npy"), logits_of(serving_model, "marks", images), atol=1e-5)
    assert "Result for output key classes" in finished.stdout
