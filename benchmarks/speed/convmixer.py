"""The peer in torch as seen from here: its size at equal multiply-adds, and a process that computes when asked."""

import contextlib
import json
import math
import subprocess
import sys

from benchmarks.shared.processes import ROOT

KERNEL = 5


class ConvMixer:
    """timm's ConvMixer with about as many multiply-adds as another network, in a process with torch.

    So its turns come between those of networks in TensorFlow or JAX, and neither library is loaded into the other's
    process. A request costs a line through a pipe, some hundredths of a millisecond.

    Args:
        macs: multiply-adds of one image to come near to.
        depth: its layers, each a depthwise and a pointwise convolution.
        side: side of the feature map.
        patch_size: side of the patches in pixels.
        batch_size: images in a batch; random ones, made there.
        num_classes: number of logits.
        seed: fixes the weights.

    Attributes:
        macs: multiply-adds of one image that it has.

    Reference:
        Trockman & Kolter 2022, "Patches are all you need?", arXiv 2201.09792.
    """

    def __init__(self, macs, depth, side, patch_size, batch_size, num_classes, seed):
        width = convmixer_width(macs / (depth * side**2), KERNEL)
        self.macs = depth * side**2 * convmixer_macs(width, KERNEL)
        pixels = side * patch_size
        self._setting = {
            "width": width,
            "depth": depth,
            "kernel_size": KERNEL,
            "patch_size": patch_size,
            "num_classes": num_classes,
            "seed": seed,
            "images": [batch_size, pixels, pixels, 3],
        }

    @contextlib.contextmanager
    def running(self):
        """Starts the process for the length of a `with` block."""
        command = [sys.executable, "-m", "benchmarks.speed.convmixer_process"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
        with subprocess.Popen(command, cwd=ROOT, **pipes) as self._process:
            self._ask(json.dumps(self._setting))
            yield self
            # The end of its input ends it.
            self._process.stdin.close()

    def train_step(self):
        """Takes one training step, to its end."""
        self._ask("train")

    def predict(self):
        """Computes the logits of a batch."""
        self._ask("predict")

    def _ask(self, line):
        self._process.stdin.write(f"{line}\n")
        answer = self._process.stdout.readline()
        if answer != "done\n":
            raise RuntimeError(f"benchmarks.speed.convmixer_process ended before it had answered {line!r}.")


def convmixer_macs(width, kernel):
    """Returns multiply-adds of one ConvMixer layer, depthwise and pointwise, at one place of the feature map."""
    return width * kernel**2 + width**2


def convmixer_width(macs, kernel):
    """Returns the width whose layer comes nearest to some multiply-adds at one place.

    Args:
        macs: multiply-adds.
        kernel: side of the depthwise kernel.
    """
    return max(round((math.sqrt(kernel**4 + 4 * macs) - kernel**2) / 2), 1)
