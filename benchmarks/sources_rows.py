"""The rows of `benchmarks.sources`: the demo's task from other tasks, without a search, drawn and searched."""

import keras_modnet
from benchmarks import demo_task
from benchmarks.jobs import collect, run_jobs
from benchmarks.tables import mean_and_spread

METHODS = ("statistics + head (control)", demo_task.DRAWN, "ordering + head")
EPOCHS = 20


def compare(options):
    """Learns the task from every source that the demo does not start from, in every way.

    Args:
        options: `benchmarks.script.Options`; the images come with scikit-learn, whatever `data_dir`.

    Returns:
        Plain data for JSON.
    """
    tasks = keras_modnet.list_presets()[demo_task.PRESET].tasks
    sources = [task for task in tasks if task != demo_task.source_task()]
    epochs = 2 if options.smoke else EPOCHS
    jobs = [
        {"name": f"{source}_{index}_seed{seed}", "source": source, "method": method, "seed": seed, "epochs": epochs}
        for source in (sources[:1] if options.smoke else sources)
        for index, method in enumerate(METHODS[::2] if options.smoke else METHODS)
        for seed in options.seeds
    ]
    runs = run_jobs(run_job, jobs, options.work_dir, options.workers)
    for run in runs:
        del run["name"], run["epochs"]
    return collect(runs, options.command, demo_task.common_setting(epochs))


def run_job(job):
    """Runs one method from one source with one seed; returns plain data."""
    return demo_task.run_job(job["method"], job["seed"], job["epochs"], job["source"])


def table(results):
    """Returns accuracy from each source with each method as a Markdown table.

    Args:
        results: what `compare` returned.
    """
    runs = results["runs"]
    methods = list(dict.fromkeys(run["method"] for run in runs))
    lines = [f"| started from | {' | '.join(methods)} |", "|---|" + "---:|" * len(methods)]
    for source in dict.fromkeys(run["source"] for run in runs):
        own = [run for run in runs if run["source"] == source]
        accuracies = [[run["accuracy_percent"] for run in own if run["method"] == method] for method in methods]
        lines.append(f"| {source} | {' | '.join(map(mean_and_spread, accuracies))} |")
    return "\n".join(lines)
