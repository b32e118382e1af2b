import pytest

from benchmarks.domain_adaptation.data import SETS


@pytest.mark.parametrize("name", SETS)
def test_a_target_and_its_siblings_are_never_among_its_sources(name):
    members = SETS[name]
    for target in members.domains:
        sources = members.sources(target, "folder")
        assert len(sources) >= 2
        assert target not in sources
    assert not {"fluent", "fluent_flat"} & set(SETS["emoji"].sources("fluent_flat", "folder"))


def test_what_tensorflow_datasets_lacks_is_left_out_without_a_folder():
    assert SETS["digits"].readable(None) == ["mnist", "synthetic", "optdigits"]
    assert SETS["office31"].readable(None) == []
