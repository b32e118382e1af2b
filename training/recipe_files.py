"""Recipes by name, from `training/recipes`, or by the path of a user's own file."""

import importlib
import importlib.util
import pathlib
import pkgutil

from absl import app

FOLDER = pathlib.Path(__file__).parent / "recipes"


def recipe_names():
    """Returns the names of all recipes in `training/recipes`."""
    return sorted(module.name for module in pkgutil.iter_modules([str(FOLDER)]))


def find_recipe(name_or_path):
    """Returns the `Recipe` that a file defines as `RECIPE`.

    Args:
        name_or_path: name of a file in `training/recipes` without its ending, or the path of a `.py` file.

    Raises:
        absl.app.UsageError: there is no such recipe, or the file does not define one whose data are known.
    """
    if not _is_path(name_or_path):
        known = ", ".join(recipe_names())
        if name_or_path not in recipe_names():
            raise app.UsageError(
                f"--recipe must be the path of a .py file or one of {known}. Received: {name_or_path!r}"
            )
        return importlib.import_module(f"training.recipes.{name_or_path}").RECIPE
    path = pathlib.Path(name_or_path).expanduser()
    if path.suffix != ".py" or not path.is_file():
        raise app.UsageError(
            f"--recipe must be a name or the path of a .py file. Received: {name_or_path!r}, which is no such file"
        )
    return _recipe_of(path)


def recipe_file(name_or_path):
    """Returns how a card names the file: under `training/recipes`, or a user's file without the folder it lies in."""
    return pathlib.Path(name_or_path).name if _is_path(name_or_path) else f"training/recipes/{name_or_path}.py"


def _is_path(name_or_path):
    return name_or_path.endswith(".py") or "/" in name_or_path or pathlib.Path(name_or_path).name != name_or_path


def _recipe_of(path):
    # Imported here, so that a wrong name is answered at once.
    from training.data import DATA_SETS
    from training.recipe import Recipe

    spec = importlib.util.spec_from_file_location(f"recipe_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    recipe = getattr(module, "RECIPE", None)
    if not isinstance(recipe, Recipe):
        found = "none" if recipe is None else f"a {type(recipe).__name__}"
        raise app.UsageError(f"--recipe {path} must define RECIPE, a training.recipe.Recipe. Received: {found}")
    unknown = sorted(set(recipe.data.values()) - set(DATA_SETS))
    if unknown:
        raise app.UsageError(
            f"--recipe {path} must add its data sets by training.data.add_data_set. Missing: {unknown}"
        )
    return recipe
