"""Are converted networks the published ones? Full-size networks with random weights, beside torch.

Example:
    python -m benchmarks.conversion

Weights are random under the published names; torch loads them, saves them as a checkpoint and answers with its logits,
in a process of its own. The checkpoint is converted on every Keras backend that is installed; the largest difference of
a logit is that of the model and of its static network. Predictions of one image take turns. What needs a library that
is missing is left out, with a line that says so: torch and timm are pinned in requirements/speed.txt, beside what the
tests run with; see `benchmarks.speed`. Accuracies are not measured: that needs the published weights and ImageNet.
"""
