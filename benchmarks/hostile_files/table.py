"""The table of `benchmarks.hostile_files`."""

from benchmarks.hostile_files.run import KINDS

COUNTS = ("tried", "errors", "equal", "other", "hangs", "grown")
TITLES = {
    "preset": "preset folders",
    "task": "task files",
    "safetensors": "checkpoints of safetensors",
    "pth": "checkpoints of torch.save",
}


def table(results):
    """Returns the table as Markdown.

    Args:
        results: what `rows.compare` returned.
    """
    seconds, megabytes = (results["setting"][name] for name in ("limit_seconds", "limit_megabytes"))
    lines = [
        "| files | cases | right errors | loads with equal weights | anything else "
        f"| over {seconds:g} s | growth over {megabytes} MB | slowest, s | largest growth, MB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for kind in KINDS:
        lines.append(_line(TITLES[kind], [run for run in results["runs"] if run["kind"] == kind]))
    lines += [
        _line("all", results["runs"]),
        "",
        "| at the limits | documents | right errors | slowest refusal, s | largest memory, MB | the slowest |",
        "|---|---:|---:|---:|---:|---|",
    ]
    return "\n".join([*lines, *(_line_at_limits(run) for run in results["limits"])])


def _line_at_limits(run):
    costs = f"{run['slowest_seconds']:.2f} | {run['largest_megabytes']:.0f} | {run['slowest']}"
    return f"| {TITLES[run['kind']]} | {run['documents']} | {run['refused']} | {costs} |"


def _line(title, runs):
    cells = [f"{sum(run[count] for run in runs):,}" for count in COUNTS]
    largest = [max(run[name] for run in runs) for name in ("slowest_seconds", "largest_megabytes")]
    return f"| {title} | {' | '.join(cells)} | {largest[0]:.2f} | {largest[1]:.0f} |"


def origin(results):
    """Returns the line that says where the table comes from.

    Args:
        results: what `rows.compare` returned.
    """
    backends = sorted({f"{one['backend']} {one['versions'][one['backend']]}" for one in results["machines"]})
    return f"`{results['command']}`; {', '.join(backends)}."
