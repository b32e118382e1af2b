"""Presets that ship with the package: one folder each, made by a recipe in `training/recipes/`."""
