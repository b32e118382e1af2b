"""Are converted networks the published ones? Full-size networks with random weights, beside torch.

Example:
    python -m benchmarks.conversion --only=convolutional
    python -m benchmarks.conversion --only=transformers --output=benchmarks/results/conversion_transformers.json

Weights are random under the published names; torch loads them, saves them as a checkpoint and answers with its logits,
in a process of its own. The checkpoint is converted on every Keras backend that is installed; the largest difference of
an output is that of the model and of its static network. DINOv2 gives features; the same numbers are converted from the
names of its repository and from those of transformers. Vision transformers are compared at another size of images, too,
with positions that each published code interpolates in its own way. Predictions of one image take turns. What needs a
library that is missing is left out, with a line that says so: torch, timm and transformers are pinned in
requirements/speed.txt, beside what the tests run with; see `benchmarks.speed`. Accuracies are not measured: that needs
the published weights and ImageNet.
"""
