"""What one job of `benchmarks.domain_adaptation` does: trains a network of one kind, and serves the target with it."""

from benchmarks.domain_adaptation import methods
from benchmarks.domain_adaptation.adversarial import NEEDS
from benchmarks.domain_adaptation.case import Case
from benchmarks.domain_adaptation.data import SETS
from benchmarks.shared.libraries import keep_installed

ADVERSARIAL = "adversarial"
# One network each, and what is made from it.
NETWORKS = {
    "plain": methods.plain_rows,
    "scratch": methods.scratch_rows,
    "pooled": methods.pooled_rows,
    ADVERSARIAL: methods.adversarial_rows,
    "separate": methods.separate_rows,
    "travelling": methods.travel_rows,
}


def networks_here(backend, **options):
    """Returns the kinds of networks that can be trained here, and a line of text for each that cannot.

    Args:
        backend: name of the Keras backend.
        **options: of `keep_installed`.
    """
    needs = {ADVERSARIAL: NEEDS}
    kinds = [{"name": f"networks of kind {kind!r}", "kind": kind, "needs": needs.get(kind, ())} for kind in NETWORKS]
    kept, lines = keep_installed(kinds, **options)
    kinds = [own["kind"] for own in kept]
    if ADVERSARIAL in kinds and backend != "torch":
        kinds.remove(ADVERSARIAL)
        lines.append(
            f"left out: networks of kind {ADVERSARIAL!r}, since they need Keras on torch, and it is on {backend}"
        )
    return kinds, lines


def run_job(job):
    """Trains one network; returns what it and all that is made from it measured."""
    name, domain, is_single = job["set"], job["domain"], job["kind"] == "single"
    sources = (domain,) if is_single else tuple(SETS[name].sources(domain, job["data_dir"]))
    target = None if is_single else domain
    case = Case(name, target, sources, job["seed"], job["budget"], job["network"], job["data_dir"])
    rows = methods.single_rows if is_single else NETWORKS[job["kind"]]
    return {"rows": rows(case)}
