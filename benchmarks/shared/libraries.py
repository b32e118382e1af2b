"""Which rows can run here: those of libraries that are missing are left out, and it is said."""

import importlib.util


def keep_installed(jobs, is_installed=lambda library: importlib.util.find_spec(library) is not None):
    """Leaves out what needs libraries that are not installed.

    Args:
        jobs: dicts with a `"name"`, `"needs"`: a list of modules, and, where single rows of its list `"rows"` need more
            than that, `"row_needs"`: `{row: [modules]}`.
        is_installed: function of the name of a module.

    Returns:
        The jobs that can run, with the rows that can and without what they need, and a line of text for each job and
        each row that cannot.
    """
    kept, lines = [], []
    for job in jobs:
        job = dict(job)
        missing = [library for library in job.pop("needs") if not is_installed(library)]
        if missing:
            lines.append(_line(job["name"], missing))
            continue
        for row, needs in job.pop("row_needs", {}).items():
            missing = [library for library in needs if not is_installed(library)]
            if missing:
                lines.append(_line(f"{row} in {job['name']}", missing))
                job["rows"] = [own for own in job["rows"] if own != row]
        kept.append(job)
    return kept, lines


def _line(what, missing):
    return f"left out: {what}, since {' and '.join(missing)} cannot be imported here"
