"""The tables of `benchmarks.interruptions`."""

KILLS = (
    "| killed with SIGKILL | kills | before, in, after the steps | trainings | of these with equal bits |",
    "|---|---:|---:|---:|---:|",
)
FAULTS = "| fault | wanted | as wanted | what was said |", "|---|---|---|---|"
PLACES = ("killed_in_start", "killed_in_steps", "killed_in_result")


def table(results):
    """Returns the tables as Markdown: kills, then faults.

    Args:
        results: what `rows.compare` returned.
    """
    kills, faults = [], []
    for run in results["runs"]:
        if "kills" in run:
            places = ", ".join(str(run[name]) for name in PLACES)
            kills.append(f"| {run['row']} | {run['kills']} | {places} | {run['trainings']} | {run['equal']} |")
        else:
            said = run["line"].replace("|", "/")
            faults.append(f"| {run['row']} | {run['wanted']} | {'yes' if run['as_wanted'] else 'NO'} | {said} |")
    tables = ["\n".join([head, line, *rows]) for (head, line), rows in ((KILLS, kills), (FAULTS, faults)) if rows]
    return "\n\n".join(tables)
