"""Every example of every `--help` runs, in order, in a folder with photographs, offline."""

import glob
import importlib
import json
import shlex

import pytest

from keras_modnet.cli.main import COMMANDS

# Programs of the source tree, which have tests of their own.
PASSED_ON = ("train", "benchmark")


def examples_of(command):
    words = importlib.import_module(f"keras_modnet.cli.{command}").COMMAND.words
    lines = [line.strip() for line in words.partition("Example:\n")[2].splitlines()]
    return [line.removeprefix("keras-modnet ") for line in lines if line]


def words_of(example):
    """The words as a shell would give them, small and without a download."""
    words = [match for word in shlex.split(example) for match in expanded(word)]
    if words[0] == "adapt":
        words += [] if any(word.startswith("--preset") for word in words) else ["--preset=digits_reuse"]
        words += ["--epochs=1"]
    return words


def expanded(word):
    return sorted(glob.glob(word)) or [word]


def test_examples_of_the_library_run_in_order(call, in_folder):
    outputs = {}
    for command in (name for name in COMMANDS if name not in PASSED_ON):
        for example in examples_of(command):
            code, output, error = call(*words_of(example))
            assert (code, error) == (0, ""), f"{example}: {error}"
            outputs[example] = output
    written = {path.relative_to(in_folder).as_posix() for path in in_folder.rglob("*") if path.is_file()}
    assert written >= {
        *("birds_model/config.json", "birds.modnet", "birds_pictures/confusion.png", "birds_pictures/learning.png"),
        *("longer/config.json", "shorter/config.json", "saved_models/digits/1/saved_model.pb", "letters.onnx"),
        *("orderings.png", "mnist.svg"),
    }
    lines = [line for example, output in outputs.items() if "--format=json" in example for line in output.splitlines()]
    answers = [json.loads(line) for line in lines]
    assert [answer["file"].rpartition("/")[2] for answer in answers] == ["a.jpg", "b.jpg"]
    assert {named["name"] for answer in answers for named in answer["classes"]} == {"dark", "light"}
    (held_out,) = (output for example, output in outputs.items() if example.endswith("--output=birds_model"))
    assert "of the images held out" in held_out


@pytest.mark.parametrize("command", PASSED_ON)
def test_flags_go_on_to_programs_of_the_source_tree(call, monkeypatch, command):
    ran = []
    monkeypatch.setattr(
        f"keras_modnet.cli.{command}.run_program", lambda module, words: ran.append(shlex.join([module, *words]))
    )
    for example in examples_of(command):
        assert call(*words_of(example))[0] == 0
    expected = {
        "train": "training.run --recipe=digits_reuse --output_dir=runs/digits --preset_dir=mine --seeds=0 --epochs=2",
        "benchmark": "benchmarks.demo --output_dir=demo_output",
    }
    assert ran[-1] == expected[command]


def test_a_program_that_fails_fails_the_command(call):
    code, _, error = call("train", "no_such_recipe", "--output_dir=nowhere")
    assert code == 1
    assert error.splitlines()[-1] == "keras-modnet: training.run ended with exit code 2"
