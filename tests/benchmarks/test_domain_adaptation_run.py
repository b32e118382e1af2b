import pytest

from benchmarks.domain_adaptation.run import ADVERSARIAL, NETWORKS, networks_here


@pytest.mark.parametrize(
    ("backend", "installed", "why"),
    [
        ("tensorflow", True, "since they need Keras on torch, and it is on tensorflow"),
        ("torch", False, "since torch and skada cannot be imported here"),
    ],
)
def test_without_torch_or_the_library_one_line_says_what_is_left_out(backend, installed, why):
    kinds, lines = networks_here(backend, is_installed=lambda library: installed)
    assert kinds == [kind for kind in NETWORKS if kind != ADVERSARIAL]
    assert lines == [f"left out: networks of kind 'adversarial', {why}"]


def test_with_both_nothing_is_left_out():
    assert networks_here("torch", is_installed=lambda library: True) == (list(NETWORKS), [])
