import keras
import numpy as np
import pytest

from keras_modnet import Ordering
from keras_modnet.adaptation.search import step_features
from keras_modnet.adaptation.search.neighbours import exchange
from keras_modnet.adaptation.search.step_features import StepFeatures
from keras_modnet.adaptation.search.step_runner import StepRunner

KINDS = [
    {"norm": "batch"},
    {"norm": "group"},
    {"mixing": "outputs"},
    {"norm": "group", "mixing": "outputs"},
    {"pool_first": True},
    {"block": "convmixer_7_relu"},
    {"block": "convnext", "norm": "layer"},
    {"block": "transformer", "norm": "layer"},
]
START = Ordering.from_blocks([2, 0, 1], 3)
# Edits of edits: fewer and more steps, norms from elsewhere.
OTHERS = [
    START,
    START.repeat(0),
    START.repeat(2),
    START.remove(0),
    START.swap(0, 2),
    START.insert(3, 0),
    START.insert(1, 2).remove(2).repeat(0),
]


@pytest.fixture
def many(images):
    """Ten images: three chunks of four."""
    return np.random.default_rng(3).uniform(0, 255, (10, *images.shape[1:])).astype("float32")


def features_of(model, images, ordering=START, measured=True, **options):
    return StepFeatures(StepRunner(model, "digits", measured), images, ordering, **options)


@pytest.mark.parametrize("arguments", KINDS)
def test_features_are_those_that_the_head_classifies(make_model, images, arguments):
    model = make_model(compiled=False, tasks={"digits": 3}, **arguments)
    model.set_ordering("digits", START)
    for name, value in model.batch_statistics("digits", images).items():
        model.named_variables()[name].assign(value)
    logits = model.task_layers["digits"].head.dense(features_of(model, images).pooled())
    expected = keras.ops.convert_to_numpy(model(images))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(logits), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "max_bytes"), [*((kind, 700) for kind in KINDS), (KINDS[1], 2**30), (KINDS[1], 1)]
)
def test_what_is_not_run_again_makes_no_difference(make_model, many, arguments, max_bytes, monkeypatch):
    monkeypatch.setattr(step_features, "CHUNK", 4)
    model = make_model(compiled=False, tasks={"digits": 3}, **arguments)
    model.set_ordering("digits", START)
    features = features_of(model, many, max_bytes=max_bytes)
    fresh = [features_of(model, many, other).pooled() for other in OTHERS]
    for taken in (0, -1, 4):
        features.take(OTHERS[taken])
        for other, expected in zip(OTHERS, fresh, strict=True):
            np.testing.assert_allclose(features.pooled(other), expected, atol=1e-5)
        np.testing.assert_array_equal(features.pooled(), features.pooled(OTHERS[taken]))


@pytest.mark.parametrize(
    ("norm", "measured", "whole"), [("batch", True, True), ("batch", False, False), ("group", True, False)]
)
def test_images_run_in_chunks_unless_statistics_are_measured(make_model, many, norm, measured, whole, monkeypatch):
    model = make_model(compiled=False, tasks={"digits": 3}, norm=norm)
    together = features_of(model, many, measured=measured).pooled()
    monkeypatch.setattr(step_features, "CHUNK", 4)
    sizes, stem = [], StepRunner.__init__

    def watched(self, *arguments):
        stem(self, *arguments)
        own = self.stem
        self.stem = lambda images: (sizes.append(len(images)), own(images))[1]

    monkeypatch.setattr(StepRunner, "__init__", watched)
    np.testing.assert_allclose(features_of(model, many, measured=measured).pooled(), together, atol=1e-5)
    assert sizes == ([10] if whole else [4, 4, 2])


@pytest.mark.parametrize("steps", [4, 9])
def test_what_is_kept_stays_under_its_bound(make_model, many, steps):
    model = make_model(compiled=False, tasks={"digits": 3}, norm="group")
    ordering = Ordering([[1, 0, 0]] * steps, (0,) * steps)
    # A step: 10 images x 2 x 2 positions x 4 channels x 4 bytes.
    for bound in (700, 640 * 3, 640 * 5 + 1, 10**6):
        features = features_of(model, many, ordering, max_bytes=bound)
        features.pooled()
        kept = sum(
            value.nbytes if hasattr(value, "nbytes") else 640 for c in features._chunks for value in c._kept.values()
        )
        assert kept <= bound
        assert kept > 0 or bound < 640 * 2


def test_a_block_elsewhere_runs_with_its_own_norms(make_model, images):
    """Norms of the task in the block's places serve the block that they were made for."""
    model = make_model(compiled=False, tasks={"digits": 3}, block="convnext", norm="layer")
    model.set_ordering("digits", START)
    runner = StepRunner(model, "digits")

    class Zero:
        """Norms of a step at the block's place."""

        places = ("norm",)

        def apply(self, place, x, weights):
            return 0.0 * x

    runner._normalizer = type("Normalizer", (), {"step": lambda self, index: Zero()})()
    plain = StepRunner(model, "digits")
    x = model.stem(images)
    own = [keras.ops.convert_to_numpy(plain.step(x, block, 0)) for block in range(3)]
    replaced = [keras.ops.convert_to_numpy(runner.step(x, block, 0)) for block in range(3)]
    # Step 0 runs block 2.
    assert np.abs(replaced[2] - own[2]).max() > 1e-9
    for block in (0, 1):
        np.testing.assert_array_equal(replaced[block], own[block])


@pytest.mark.parametrize("block", ["convnext", "transformer"])
@pytest.mark.parametrize("ordering", [*OTHERS, exchange(START, 1, 1)])
def test_norms_of_the_tasks_own_go_where_the_model_lets_them_go(make_model, images, block, ordering):
    model = make_model(compiled=False, tasks={"digits": 3}, block=block, norm="layer")
    model.set_ordering("digits", START)
    model.set_own_norms("digits")
    generator = np.random.default_rng(4)
    for variable in [*model.task_layers["digits"].norms.variables, *model.bank.variables]:
        variable.assign(variable + generator.normal(size=variable.shape))
    pooled = features_of(model, images).pooled(ordering)
    model.set_ordering("digits", ordering)
    np.testing.assert_allclose(
        pooled, features_of(model, images, model.ordering("digits")).pooled(), rtol=1e-4, atol=1e-4
    )
