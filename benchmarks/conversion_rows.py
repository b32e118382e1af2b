"""The rows of `benchmarks.conversion`: published networks on every backend."""

import keras

from benchmarks.conversion_parts.network import STATIC, TORCH
from benchmarks.jobs import collect, run_jobs
from benchmarks.speed_parts.cells import markdown, milliseconds, ratio
from benchmarks.speed_parts.job import run_here, run_in_new_process
from benchmarks.speed_parts.libraries import keep_installed
from benchmarks.speed_rows import BACKENDS, origin
from keras_modnet.checks import expect

NETWORKS = ("convnext_isotropic_small", "convmixer_1024_20", "convmixer_768_32")
TOLERANCE = 1e-4

__all__ = ["compare", "origin", "table"]


def compare(options):
    """Converts every network on every backend, one job after the other: times must not share the processors.

    Args:
        options: `benchmarks.script.Options`; of the seeds, which fix weights and images, there is one. A toy runs one
            small network in this process, on its backend, without torch.

    Returns:
        Plain data for JSON.

    Raises:
        ValueError: several seeds.
    """
    expect(len(options.seeds) == 1, "seeds", "one, which fixes weights and images", options.seeds)
    jobs, left_out = keep_installed(_smoke_jobs() if options.smoke else _jobs())
    jobs = [job | {"seed": options.seeds[0], "smoke": options.smoke} for job in jobs]
    print("".join(f"{line}\n" for line in left_out), end="")
    runs = run_jobs(run_here if options.smoke else run_in_new_process, jobs, options.work_dir, workers=1)
    # The machine as the job's own process saw it, with its backend.
    runs = [run | {"machine": run["process"]} for run in runs]
    for run in runs:
        del run["process"]
    return collect(runs, options.command, {"tolerance": TOLERANCE, "left_out": left_out})


def _jobs():
    return [
        _job(network, backend, [STATIC, TORCH]) | {"needs": [backend], "row_needs": {TORCH: ["torch", "timm"]}}
        for network in NETWORKS
        for backend in BACKENDS
    ]


def _smoke_jobs():
    return [_job(NETWORKS[0], keras.backend.backend(), [STATIC]) | {"needs": []}]


def _job(network, backend, rows):
    own = {"package": "benchmarks.conversion_parts", "section": "network"}
    return {"name": f"{network}_{backend}", "network": network, "backend": backend, "rows": rows} | own


def table(results):
    """Returns parameters, differences and times as a Markdown table.

    Args:
        results: what `compare` returned.
    """
    header = ["network", "backend", "parameters, millions", "largest logit", "largest difference from torch"]
    header += ["`convert`, s", "`from_checkpoint`, s", "ms an image", "in torch", "ratio (middle half of the rounds)"]
    return markdown(header, [_row(run) for run in results["runs"]])


def _row(run):
    times, backend = run["times"], run["backend"]
    difference = f"{run['difference']:.1e}" if "difference" in run else ""
    in_torch = milliseconds(times[TORCH]["median"]) if TORCH in times else ""
    figures = [f"{run['parameters'] / 1e6:.1f}", f"{run['largest_logit']:.2f}", difference]
    figures += [f"{run['to_convert']:.1f}", f"{run['to_model']:.1f}"]
    return [run["network"], backend, *figures, milliseconds(times[STATIC]["median"]), in_torch, ratio(times[STATIC])]
