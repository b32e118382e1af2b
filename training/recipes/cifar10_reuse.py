"""Small photographs of ten classes: four blocks, each run twice in a row.

Command:
    python -m training.run --recipe=cifar10_reuse --seeds=0 --output_dir=runs/cifar10_reuse \
        --preset_dir=zoo/cifar10_reuse

Time and hardware: the card in zoo/cifar10_reuse/ gives both, as measured. No GPU is needed.
Expected result: the card's table. One seed, named before training: a seed takes over an hour of two CPU cores.
"""

from training.recipe import Recipe

RECIPE = Recipe(
    name="cifar10_reuse",
    description="One bank of four basic blocks of width 128 behind a stem of overlapping convolutions, for small "
    "photographs (CIFAR-10): trained once each, then grown to two runs each in a row.",
    licence="no licence stated by the data's authors; research use",
    limits="Trained on 32 x 32 photographs with one object of ten kinds, for a few epochs on a CPU, and on a copy of "
    "the data that had been stored as JPEG of quality 75: compare its accuracy with others on the same copy. Its "
    "blocks run once, and as many different blocks, were not trained beside it.",
    data={"cifar10": "cifar10"},
    model={
        "image_shape": (32, 32, 3),
        "resizing": "pad",
        "num_blocks": 4,
        "num_steps": 8,
        "width": 128,
        "patch_size": 4,
        "stem_convolutions": 2,
        "block": "basic",
        "norm": "batch",
        "mixing": "weights",
    },
    epochs=24,
    learning_rate=3e-3,
    weight_decay=0.05,
    search_epochs=0,
    orderings={"cifar10": [0, 0, 1, 1, 2, 2, 3, 3]},
    grow_after=0.5,
    augmentation="crop_flip",
)
