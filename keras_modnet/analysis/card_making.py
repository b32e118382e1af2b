"""How a preset was made, as a section of its card."""

import json

# Shown elsewhere on the card, or no setting of the training.
_NO_SETTINGS = ("name", "description", "licence", "limits", "intended_use", "data", "model")


def making_section(card):
    """Returns the section with command, recipe, commit, settings, cost and machine; None where the card has none."""
    parts = [
        f"```\n{card['command']}\n```" if "command" in card else None,
        " ".join(part for part in (_recipe(card), _commits(card)) if part),
        _setting(card),
        _cost(card),
    ]
    made = "\n\n".join(part for part in parts if part)
    return f"## How it was made\n\n{made}" if made else None


def _recipe(card):
    recipe = card.get("recipe")
    if isinstance(recipe, dict):
        return f"Recipe: `{json.dumps(recipe)}`."
    return f"Recipe `{recipe}`." if recipe else None


def _commits(card):
    commits = list(dict.fromkeys(card.get("commits", [])))
    if len(commits) == 1:
        return f"Code at commit `{commits[0]}`."
    return f"Code at commits, by seed: {', '.join(f'`{commit}`' for commit in card['commits'])}." if commits else None


def _setting(card):
    recipe = card.get("setting", {}).get("recipe", {})
    settings = {key: value for key, value in recipe.items() if key not in _NO_SETTINGS} | recipe.get("model", {})
    return ", ".join(f"`{key}={value}`" for key, value in settings.items()) + "." if settings else None


def _cost(card):
    machine, versions = card.get("machine"), card.get("versions", {})
    where = [f"{package} {version}" for package, version in versions.items()]
    if machine:
        device = [f"device `{machine['device']}`"] if "device" in machine else []
        cores = f"{machine['cpu_count']} CPU cores ({machine['processor']})"
        where = [cores, *device, f"{machine['backend']} backend", f"Python {machine['python']}", *where]
    seconds = ", ".join(str(value) for value in card.get("training_seconds", []))
    parts = [f"Seconds of training, by seed: {seconds}." if seconds else "", ", ".join(where) + "." if where else ""]
    return " ".join(part for part in parts if part)
