"""Imports go one way, and TensorFlow comes in through few doors: read off the syntax trees."""

import ast
import os
import pathlib
import subprocess
import sys

import keras
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "keras_modnet"
# A room imports from itself and from the rows above its own; rooms of one row know nothing of each other.
ROWS = (
    ("checks", "version"),
    ("converters", "layers"),
    ("data", "presets"),
    ("models",),
    ("training",),
    ("adaptation", "analysis"),
    ("export",),
    ("callbacks", "cli"),
)
ROW_OF = {room: row for row, rooms in enumerate(ROWS) for room in rooms}
# The public names, and what `python -m keras_modnet` runs.
ABOVE_ALL = ("__init__", "__main__")
TENSORFLOW = (
    "keras_modnet/data/tensorflow_",
    "keras_modnet/export/",
    "keras_modnet/layers/inner_names.py",
    "keras_modnet/layers/loops.py",
    "keras_modnet/layers/replicas.py",
    "training/data/",
    "training/distribution.py",
    "training/replica_steps.py",
)
TORCH = ("keras_modnet/layers/gradients.py",)
KERAS_CV = ("training/data/",)


def sources(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(tree):
    """Yields the dotted names that a syntax tree imports, by statement or by `importlib.import_module`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module":
            yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def room_of(path):
    """The room of a file of the library: its package, or itself where it lies at the top."""
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def may_import(room, other):
    return room in ABOVE_ALL or room == other or ROW_OF[other] < ROW_OF[room]


def relative(path):
    return path.relative_to(ROOT).as_posix()


def test_the_walk_finds_the_library():
    assert {room_of(path) for path in sources("keras_modnet")} >= {"checks", "presets", "layers", "models", "__init__"}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import a.b", ["a.b"]),
        ("def f():\n    from a.b import c, d", ["a.b.c", "a.b.d"]),
        ("importlib.import_module('a.b')", ["a.b"]),
    ],
)
def test_the_walk_finds_imports(code, names):
    assert list(imported(ast.parse(code))) == names


def test_imports_of_the_library_go_one_way():
    wrong = []
    for path in sources("keras_modnet"):
        for name in imported(parse(path)):
            package, _, rest = name.partition(".")
            other = rest.partition(".")[0]
            if package == "keras_modnet" and not (other in ROW_OF and may_import(room_of(path), other)):
                wrong.append(f"{relative(path)} imports {name}")
    assert wrong == []


def test_library_imports_none_of_what_stands_on_it():
    outside = {"training", "benchmarks", "tests", "zoo", "conftest"}
    wrong = [
        f"{relative(path)} imports {name}"
        for path in sources("keras_modnet")
        for name in imported(parse(path))
        if name.partition(".")[0] in outside
    ]
    assert wrong == []


@pytest.mark.parametrize(("package", "doors"), [("tensorflow", TENSORFLOW), ("keras_cv", KERAS_CV), ("torch", TORCH)])
def test_package_is_imported_at_its_doors_alone(package, doors):
    importers = {
        relative(path)
        for path in sources("keras_modnet", "training")
        if any(name.partition(".")[0] == package for name in imported(parse(path)))
    }
    assert {path for path in importers if not path.startswith(doors)} == set()


def test_tensorflow_is_imported_inside_functions():
    # `import keras_modnet` imports every room, and must leave TensorFlow alone.
    wrong = []
    for path in sources("keras_modnet"):
        tree = parse(path)
        inside = {
            id(node)
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef)
            for node in ast.walk(function)
        }
        # Those of a class at the top are inside, too: in its methods.
        outside = [
            node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in inside
        ]
        names = [name for node in outside for name in imported(node)]
        wrong += [relative(path) for name in names if name.partition(".")[0] == "tensorflow"]
    assert wrong == []


def test_nothing_reaches_into_keras():
    def private(tree):
        names = any(name.startswith("keras.src") for name in imported(tree))
        reached = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "src")
        return names or any(getattr(node.value, "id", "") == "keras" for node in reached)

    assert [relative(path) for path in sources("keras_modnet", "training", "benchmarks") if private(parse(path))] == []


def test_import_leaves_tensorflow_alone():
    backend = keras.backend.backend()
    backend = "jax" if backend == "tensorflow" else backend
    code = "import sys, keras_modnet; print([name for name in ('tensorflow', 'keras_cv') if name in sys.modules])"
    environment = os.environ | {"KERAS_BACKEND": backend, "PYTHONPATH": str(ROOT)}
    finished = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (finished.returncode, finished.stdout) == (0, "[]\n"), finished.stderr
