"""Heads in closed form, and the error that they have on images that they have not seen."""
