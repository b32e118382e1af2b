"""What a card takes from the recipe and from the catalogue of data sets, and from no run."""

from training.data import describe
from training.recipe import WORDS


def card_words(recipe):
    """Returns those facts of a card: description, licence, limits, intended use, data with terms and citations.

    Args:
        recipe: a `Recipe`.
    """
    return {
        **{word: getattr(recipe, word) for word in WORDS},
        "data": {task: _data(describe(name)) for task, name in recipe.data.items()},
    }


def _data(info):
    return {"name": info.name, "terms": info.terms, "cite": info.citation, "bibtex": info.bibtex}
