"""Recipes that train presets, and the data they train on. Imports `keras_modnet`; is never imported by it."""
