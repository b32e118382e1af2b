"""The table of layers and models; a new one joins all promises by one row."""

import keras
from parameter_counts import (
    BASIC,
    BASIC_NORMS,
    BOTTLENECK,
    BOTTLENECK_NORMS,
    CONVMIXER,
    CONVNEXT,
    DENSE,
    HIDDEN,
    LOGITS,
    NORM,
    OVERLAPPING,
    REGISTERS,
    ROUTER_STATE,
    STEM,
    TOKENS,
    TRANSFORMER,
)
from row import Row

from keras_modnet.layers import (
    BlockBank,
    ClassifierHead,
    FixedRouter,
    GumbelRouter,
    IsometricStem,
    MixtureRouter,
    OrderedSteps,
    StepNorms,
    TokenStem,
)
from keras_modnet.models.modnet import ModNet

IMAGES = (4, 4, 1)
FEATURES = (2, 2, 4)
COLUMN = (4, 1, 4)
SOFT_ROW = (0.75, 0.25)


def bank_row(block, mixing, trainable):
    return Row(
        f"bank-{block}-{mixing}",
        lambda dtype: BlockBank(2, block, mixing, dtype=dtype),
        FEATURES,
        trainable,
        0,
        lambda layer, x: layer(x, keras.ops.convert_to_tensor(SOFT_ROW)),
    )


def norms_row(norm, fixed):
    # Scale and offset of 4 channels for 2 steps: 2 * 2 * 4; batch norm as many statistics.
    return Row(
        f"norms-{norm}",
        lambda dtype: StepNorms(2, {"first": 4}, norm, dtype=dtype),
        FEATURES,
        2 * 2 * 4,
        fixed,
        lambda layer, x: layer(x, place="first", step=1),
    )


def make_modnet(dtype, tasks, block="basic", norm="batch", mixing="weights", **arguments):
    kind = {"block": block, "norm": norm, "mixing": mixing, "dtype": dtype} | arguments
    return ModNet(IMAGES, tasks, num_blocks=2, num_steps=2, width=4, patch_size=2, **kind)


def task_row(block, norm, mixing, trainable, fixed, mixed=False, own_norms=False, num_classes=3, **arguments):
    def make(dtype):
        # The variables of the other task are none of this one's.
        tasks = {"one": {"num_classes": num_classes, "mixed": mixed, "own_norms": own_norms}, "other": 2}
        return make_modnet(dtype, tasks, block, norm, mixing, **arguments).task("one")

    said = {"mixed": mixed, "own norms": own_norms, "features": num_classes is None} | arguments
    name = "-".join(["task", block, norm, mixing, *(word for word, value in said.items() if value)])
    # Blocks keep their norms for tasks that have none of their own.
    idle = (
        tuple(f"bank/norm{place}_{part}" for place in ("", 1, 2) for part in ("scale", "offset")) if own_norms else ()
    )
    return Row(name, make, IMAGES, trainable, fixed, always_float32=True, idle=idle)


def joint_row(keys, trainable, fixed):
    def make(dtype):
        return make_modnet(dtype, dict.fromkeys(("one", "two", "other"), 3)).joint(keys)

    return Row("-".join(["joint", *keys]), make, IMAGES, trainable, fixed, keys=keys, always_float32=True)


def router_row(name, **arguments):
    return Row(
        f"router-{name}",
        lambda dtype: GumbelRouter(2, 2, seed=3, dtype=dtype, **arguments),
        FEATURES,
        LOGITS,
        ROUTER_STATE,
        always_float32=True,
    )


def steps_row(name, router, norm, trainable, fixed, **arguments):
    def make(dtype):
        return OrderedSteps(BlockBank(2, dtype=dtype, name="bank"), router(), norm, dtype=dtype, **arguments)

    return Row(f"steps-{name}", make, FEATURES, BASIC + 2 * 2 * NORM + trainable, fixed)


def head_row(name, norm, activation, trainable, fixed, features=FEATURES, **arguments):
    return Row(
        f"head-{name}",
        lambda dtype: ClassifierHead(3, norm, activation, dtype=dtype, **arguments),
        features,
        trainable,
        fixed,
        always_float32=True,
    )


ROWS = [
    Row("stem", lambda dtype: IsometricStem(4, 2, dtype=dtype), IMAGES, STEM, 0),
    Row(
        "stem-norm",
        lambda dtype: IsometricStem(4, 2, activation="relu", norm="batch", dtype=dtype),
        IMAGES,
        STEM + NORM,
        NORM,
    ),
    Row("stem-overlap", lambda dtype: IsometricStem(4, 2, convolutions=1, dtype=dtype), IMAGES, OVERLAPPING, HIDDEN),
    Row("stem-tokens", lambda dtype: TokenStem(4, 2, dtype=dtype), IMAGES, STEM + TOKENS, 0),
    Row(
        "stem-registers",
        lambda dtype: TokenStem(4, 2, register_tokens=2, dtype=dtype),
        IMAGES,
        STEM + TOKENS + REGISTERS,
        0,
    ),
    bank_row("basic", "weights", BASIC),
    bank_row("basic", "outputs", BASIC),
    bank_row("bottleneck", "weights", BOTTLENECK),
    bank_row("bottleneck", "outputs", BOTTLENECK),
    bank_row("convnext", "weights", CONVNEXT),
    bank_row("convnext", "outputs", CONVNEXT),
    bank_row("convmixer_7_relu", "weights", CONVMIXER),
    bank_row("convmixer_9_gelu", "outputs", CONVMIXER + 2 * (81 - 49) * 4),
    bank_row("transformer", "weights", TRANSFORMER),
    bank_row("transformer", "outputs", TRANSFORMER),
    router_row("relaxed"),
    router_row("straight-through", temperature=0.5, straight_through=True),
    Row("router-fixed", lambda dtype: FixedRouter((1, 0), 2, dtype=dtype), FEATURES, 0, 0, always_float32=True),
    Row(
        "router-mixture",
        lambda dtype: MixtureRouter(2, 2, seed=3, dtype=dtype),
        FEATURES,
        LOGITS,
        0,
        always_float32=True,
    ),
    Row(
        "router-mixture-summing",
        lambda dtype: MixtureRouter(2, 2, sum_to_one=True, multiplier=2.0, seed=3, dtype=dtype),
        FEATURES,
        LOGITS,
        0,
        always_float32=True,
    ),
    norms_row("batch", 2 * 2 * 4),
    norms_row("group", 0),
    norms_row("layer", 0),
    steps_row(
        "learned", lambda: GumbelRouter(2, 2, seed=3, name="router"), "batch", LOGITS, ROUTER_STATE + 2 * 2 * NORM
    ),
    steps_row(
        "loop",
        lambda: GumbelRouter(2, 2, seed=3, name="router"),
        "batch",
        LOGITS,
        ROUTER_STATE + 2 * 2 * NORM,
        unroll=False,
    ),
    steps_row("fixed", lambda: FixedRouter((1, 0), 2, name="router"), "layer", 0, 0),
    steps_row("mixture", lambda: MixtureRouter(2, 2, seed=3, name="router"), "group", LOGITS, 0),
    head_row("batch", "batch", "relu", DENSE + NORM, NORM),
    head_row("pools-first", "layer", "gelu", DENSE + NORM, 0, pool_first=True),
    head_row("plain", None, None, DENSE, 0),
    # Two vectors of 4 channels for three classes, and a bias.
    head_row("two-vectors", "layer", None, 2 * 4 * 3 + 3 + NORM, 0, features=COLUMN, pooling="class_token_and_patches"),
    head_row("class-token", "layer", None, DENSE + NORM, 0, features=COLUMN, pooling="class_token", tokens_in_front=2),
    head_row("patches-first", "layer", None, DENSE + NORM, 0, features=COLUMN, pooling="patches", pool_first=True),
    task_row("basic", "group", "outputs", STEM + BASIC + LOGITS + BASIC_NORMS + DENSE, ROUTER_STATE),
    task_row(
        "bottleneck",
        "batch",
        "weights",
        STEM + BOTTLENECK + LOGITS + BOTTLENECK_NORMS + DENSE,
        ROUTER_STATE + BOTTLENECK_NORMS,
    ),
    task_row("convnext", "layer", "weights", STEM + CONVNEXT + LOGITS + NORM + DENSE, ROUTER_STATE),
    task_row("basic", "group", "weights", STEM + BASIC + LOGITS + BASIC_NORMS + DENSE, 0, mixed=True),
    task_row(
        *("convnext", "layer", "outputs"),
        STEM + CONVNEXT + LOGITS + NORM + DENSE,
        ROUTER_STATE,
        pool_first=True,
        norm_epsilon=1e-6,
    ),
    task_row(
        *("convnext", "layer", "weights"),
        STEM + CONVNEXT + LOGITS + 2 * NORM + NORM + DENSE,
        ROUTER_STATE,
        own_norms=True,
    ),
    task_row("transformer", "layer", "weights", STEM + TOKENS + TRANSFORMER + LOGITS + NORM + DENSE, ROUTER_STATE),
    task_row(
        *("transformer", "layer", "outputs"),
        STEM + TOKENS + REGISTERS + TRANSFORMER + LOGITS + 2 * 2 * NORM + NORM + DENSE,
        ROUTER_STATE,
        own_norms=True,
        register_tokens=2,
    ),
    task_row(
        *("transformer", "batch", "weights"),
        STEM + TOKENS + TRANSFORMER + LOGITS + NORM,
        ROUTER_STATE + NORM,
        num_classes=None,
    ),
    task_row(
        *("basic", "batch", "weights"),
        OVERLAPPING + BASIC + LOGITS + BASIC_NORMS + DENSE,
        ROUTER_STATE + HIDDEN + BASIC_NORMS,
        stem_convolutions=1,
    ),
    # Two norms in each of 2 steps, and one in the stem.
    task_row(
        *("convmixer_7_relu", "batch", "weights"),
        STEM + NORM + CONVMIXER + LOGITS + 2 * 2 * NORM + DENSE,
        ROUTER_STATE + NORM + 2 * 2 * NORM,
    ),
    # The stem and the bank once, everything else for each task.
    *(
        joint_row(
            keys,
            STEM + BASIC + len(keys) * (LOGITS + BASIC_NORMS + DENSE),
            len(keys) * (ROUTER_STATE + BASIC_NORMS),
        )
        for keys in (("one",), ("one", "two"))
    ),
]
