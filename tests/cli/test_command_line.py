"""The command line answers at once, in one line where it cannot, and with the exit codes 0, 1 and 2."""

import importlib
import os
import pathlib
import re
import subprocess
import sys

import pytest

import keras_modnet
from keras_modnet.cli import started
from keras_modnet.cli.main import COMMANDS, main

GUIDE = pathlib.Path(__file__).parents[2] / "docs" / "command_line.md"


def test_list_imports_no_keras_and_no_backend():
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-X", "importtime", "-m", "keras_modnet", "list"]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    assert "digits_reuse" in finished.stdout
    imported = {line.rpartition("|")[2].strip() for line in finished.stderr.splitlines()}
    assert "keras_modnet.presets.registry" in imported
    assert imported.isdisjoint({"keras", "tensorflow", "jax", "torch", "matplotlib"})


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_how_to_call_and_gives_an_example(call, command):
    code, output, error = call(command, "--help")
    assert (code, error) == (0, "")
    assert output.startswith(f"Usage: keras-modnet {command}")
    assert f"Example:\n    keras-modnet {command}" in output


def test_help_lists_all_commands(call):
    code, output, _ = call("--help")
    assert code == 0
    assert all(f"\n  {command} " in output for command in COMMANDS)


def test_version(call):
    assert call("--version") == (0, f"{keras_modnet.__version__}\n", "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "COMMAND must be one of list, .*. Received: none"),
        (("lst",), r"COMMAND must be one of .* \(did you mean 'list'\?\). Received: 'lst'"),
        (("list", "--tsak=x"), "Unknown command line flag 'tsak'. Did you mean: task"),
        (("list", "a", "b"), "list takes .*. Received: a b"),
        (("describe",), "describe takes PRESET. Received: none"),
        (("adapt", "photos", "--epochs=x", "--output=o"), "flag --epochs=x"),
        (("adapt", "photos", "--epochs=0", "--output=o"), "flag --epochs=0"),
        (("adapt", "no_such_folder", "--output=o"), "FOLDER must be a folder .*. Received: 'no_such_folder'"),
        (("adapt", "photos"), "--output must be a folder or a file .modnet. Received: none"),
        (("adapt", "photos", "--output=photos"), "--output must be a path where nothing is yet"),
        (("adapt", "photos", "--preset=digits_reuse", "--output=a/b", "--parts=x"), "`parts`"),
        (("edit", "--remove=x", "--output=o"), "--remove must be whole numbers, as --help says. Received: 'x'"),
        (("edit", "--output=o"), "expected one of --blocks, .*. Received: 0"),
        (("edit", "--remove=1", "--swap=1,2", "--output=o"), "expected one of --blocks, .*. Received: 2"),
        (("edit", "--remove=99", "--output=o"), "`step` must be"),
        (("export",), "--output must be a folder, or a file .onnx or .tflite. Received: none"),
        (("plot", "--kind=x", "--output=o.png"), "flag --kind=x"),
        (("plot", "--task=nobody", "--output=o.png"), "nobody"),
        (("predict", "no_such_file.png"), "no_such_file.png"),
        (("benchmark",), "expected the root of a source tree"),
    ],
)
def test_a_wrong_argument_is_one_line_and_exit_code_2(call, in_folder, words, message):
    before = sorted(in_folder.rglob("*"))
    code, output, error = call(*words)
    assert (code, output, len(error.splitlines())) == (2, "", 1)
    assert error.startswith("keras-modnet: ")
    assert re.search(message, error), error
    assert sorted(in_folder.rglob("*")) == before


def test_what_fails_is_one_line_and_exit_code_1(call, in_folder):
    code, output, error = call("describe", "no_such_preset")
    assert (code, output, len(error.splitlines())) == (1, "", 1)
    assert "no_such_preset" in error


def test_train_says_where_recipes_are(call, in_folder, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, _, error = call("train", "digits_reuse", "--output_dir=o")
    assert code == 2
    assert "expected the root of a source tree of keras_modnet, with 'training.run' in it" in error


@pytest.mark.parametrize(
    ("argv", "original", "expected"),
    [
        (["/usr/bin/keras-modnet", "list"], ["python", "/usr/bin/keras-modnet", "list"], True),
        (["-m", "list"], ["python", "-m", "keras_modnet", "list"], True),
        (["-m"], ["python", "-m", "keras_modnet_other"], False),
        (["-m"], ["python", "-m", "pytest", "keras_modnet"], False),
        (["script.py", "keras-modnet"], ["python", "script.py", "keras-modnet"], False),
        ([], ["python"], False),
    ],
)
def test_only_the_command_line_leaves_the_public_names_out(monkeypatch, argv, original, expected):
    monkeypatch.setattr(sys, "argv", argv)
    monkeypatch.setattr(sys, "orig_argv", original)
    assert started.is_command_line() is expected


def test_ctrl_c_is_one_word(monkeypatch, capsys):
    def stop(*words):
        raise KeyboardInterrupt

    monkeypatch.setattr("keras_modnet.presets.list_presets", stop)
    assert main(["list"]) == 1
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_the_guide_says_what_help_says(command):
    text, _, example = importlib.import_module(f"keras_modnet.cli.{command}").COMMAND.words.partition("Example:\n")
    lines = "\n".join(line.strip() for line in example.strip().splitlines())
    assert f"## {command}\n\n{text.strip()}\n\n```\n{lines}\n```\n" in GUIDE.read_text(encoding="utf-8")
