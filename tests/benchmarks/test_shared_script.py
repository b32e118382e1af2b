import json
import subprocess
import sys

import pytest

from benchmarks.organisation.table import draw
from benchmarks.render import IN_RESULTS, PART_OF
from benchmarks.shared import script


@pytest.mark.parametrize(
    "name",
    sorted(
        {*IN_RESULTS, "sources"}
        # Times, differences and kills, which no seed of a training decides.
        - {
            "speed",
            "speed_tasks",
            "speed_frozen",
            "conversion",
            "conversion_transformers",
            "published",
            "interruptions",
            "serving",
        }
    ),
)
def test_stored_results_name_command_seeds_and_machine(name):
    results = json.loads((script.RESULTS / f"{name}.json").read_text())
    assert results["command"].startswith(f"python -m benchmarks.{PART_OF.get(name, name)} --seeds=0,1,2")
    assert len({run["seed"] for run in results["runs"]}) >= 3
    assert all("versions" in machine for machine in results["machines"])
    for run in results["runs"]:
        assert 0 <= run["machine"] < len(results["machines"])


def test_the_picture_of_the_organisation_is_drawn_from_the_stored_results(tmp_path):
    draw(json.loads((script.RESULTS / "organisation.json").read_text()), tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")


def run(*arguments):
    command = [sys.executable, "-m", "benchmarks.reuse", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_help_shows_an_example():
    done = run("--help")
    assert "python -m benchmarks.reuse --data_dir=DIR --seeds=0,1,2" in done.stdout
    assert "--[no]smoke" in done.stdout


def test_a_wrong_seed_is_one_clear_line():
    done = run("--seeds=0,one")
    assert done.returncode != 0
    assert "--seeds must be whole numbers, separated by commas. Received: 'one'" in done.stdout + done.stderr


def test_a_part_that_a_benchmark_lacks_is_one_clear_line():
    command = [sys.executable, "-m", "benchmarks.transfer", "--only=5,7"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "--only must be of 5, 20, 100, full, separated by commas. Received: '7'" in done.stdout + done.stderr
