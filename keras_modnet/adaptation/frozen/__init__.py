"""Training on features that it does not move: computed once an image, and kept."""
