"""The rows of `benchmarks.conversion`: published networks on every backend."""

import keras

from benchmarks.conversion.run import OWN, STATIC, TORCH, TRANSFORMERS
from benchmarks.shared.jobs import collect, run_one_by_one
from benchmarks.shared.libraries import keep_installed
from benchmarks.shared.processes import BACKENDS
from keras_modnet.checks import expect

CONVOLUTIONAL = ("convnext_isotropic_small", "convmixer_1024_20", "convmixer_768_32")
DINOV2, CLASSIFIERS = ("dinov2_small", "dinov2_small_registers"), ("deit_small", "vit_small")
# By part: names of networks and whose names their tensors have.
PARTS = {
    "convolutional": [(name, OWN) for name in CONVOLUTIONAL],
    "transformers": [
        *((name, layout) for name in DINOV2 for layout in (OWN, TRANSFORMERS)),
        *((name, OWN) for name in CLASSIFIERS),
    ],
}
LIBRARIES = ["torch", "timm", "transformers"]
TOLERANCE = 1e-4


def compare(options):
    """Converts every network on every backend, one job after the other: times must not share the processors.

    Args:
        options: `shared.script.Options`; of the seeds, which fix weights and images, there is one. A toy runs one
            small network in this process, on its backend, without torch.

    Returns:
        Plain data for JSON.

    Raises:
        ValueError: several seeds.
    """
    expect(len(options.seeds) == 1, "seeds", "one, which fixes weights and images", options.seeds)
    parts = options.only or tuple(PARTS)
    jobs, left_out = keep_installed(_smoke_jobs() if options.smoke else _jobs(parts))
    jobs = [job | {"seed": options.seeds[0], "smoke": options.smoke} for job in jobs]
    print("".join(f"{line}\n" for line in left_out), end="")
    return collect(run_one_by_one(jobs, options), options.command, {"tolerance": TOLERANCE, "left_out": left_out})


def _jobs(parts):
    return [
        _job(*network, backend, [STATIC, TORCH]) | {"needs": [backend], "row_needs": {TORCH: LIBRARIES}}
        for part in parts
        for network in PARTS[part]
        for backend in BACKENDS
    ]


def _smoke_jobs():
    return [_job(*PARTS["convolutional"][0], keras.backend.backend(), [STATIC]) | {"needs": []}]


def _job(network, layout, backend, rows):
    own = {"network": network, "layout": layout, "backend": backend, "rows": rows}
    return {"name": f"{network}_{layout}_{backend}", "module": "benchmarks.conversion.run"} | own
