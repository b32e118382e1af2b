"""What one job of `benchmarks.published_domains` does: all rows of one domain that is left out, with one seed."""

from benchmarks.published_domains.case import Case
from benchmarks.published_domains.gradients import gradient_rows
from benchmarks.published_domains.orders import correlations, judge_all, order_rows


def run_job(job):
    """Measures all rows of a case.

    Args:
        job: "set", "target", "seed", "data_dir", "bank": path of a checkpoint or None for a small bank of random
            weights.

    Returns:
        Plain data: "rows", what each measured; "correlations" of scores and accuracy over the orders; "orders", how
        many there were.
    """
    case = Case(job["set"], job["target"], job["seed"], job["data_dir"], job["bank"])
    judged = judge_all(case)
    rows = order_rows(case, judged) | gradient_rows(case, judged)
    return {"rows": rows, "correlations": correlations(judged), "orders": len(judged)}
