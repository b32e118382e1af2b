"""Images and labels on their way to a model: what it takes, checks, batches, sizes."""
