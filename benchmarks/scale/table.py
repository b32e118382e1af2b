"""The tables of `benchmarks.scale`."""

from benchmarks.scale.counting import TRAINING, seconds_to_send, sent_bytes
from benchmarks.shared.tables import markdown, mean_and_spread


def table(results):
    """Returns the tables as Markdown: bytes, seconds to send them, and what was measured.

    Args:
        results: what `rows.compare` returned.
    """
    counted = [run for run in results["runs"] if "macs" in run]
    measured = [run for run in results["runs"] if "one" in run]
    setting = results["setting"]
    return "\n\n".join([_bytes(counted, setting), _seconds(counted, setting), _measured(measured)])


def _bytes(counted, setting):
    header = [
        "network",
        "tera multiply-adds a device and step",
        "gradients, MB",
        "of different blocks, MB",
        "times less",
    ]
    header += [f"MB that each of {devices:,} devices sends" for devices in setting["devices"]]
    rows = []
    for run in counted:
        macs = TRAINING * setting["images"] * run["macs"] / 1e12
        sent = [f"{sent_bytes(run['bank_bytes'], devices) / 1e6:.1f}" for devices in setting["devices"]]
        less = run["different_bytes"] / run["bank_bytes"]
        sizes = [f"{run[name] / 1e6:.1f}" for name in ("bank_bytes", "different_bytes")]
        rows.append([run["row"], f"{macs:.3g}", *sizes, f"{less:.1f}", *sent])
    return markdown(header, rows)


def _seconds(counted, setting):
    most = max(setting["devices"])
    header = [f"ms to send a step's gradients among {most:,} devices, bank / different blocks"]
    header += [f"{gbit} Gbit/s" for gbit in setting["gbits"]]
    rows = []
    for run in counted:
        cells = []
        for gbit in setting["gbits"]:
            own, other = (1e3 * seconds_to_send(run[name], most, gbit) for name in ("bank_bytes", "different_bytes"))
            cells.append(f"{own:.2f} / {other:.2f}")
        rows.append([run["row"], *cells])
    return markdown(header, rows)


def _measured(runs):
    header = ["measured on one machine, one thread a process", "steps a second"]
    rows = [
        ["one process", mean_and_spread([run["one"] for run in runs])],
        ["two processes, twice the images in a step", mean_and_spread([run["two"] for run in runs])],
        ["efficiency, %", mean_and_spread([run["efficiency_percent"] for run in runs])],
    ]
    return markdown(header, rows)
