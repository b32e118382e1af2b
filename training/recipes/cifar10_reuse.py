"""Small photographs of ten classes: four blocks, each run twice in a row.

Command:
    python -m training.run --recipe=cifar10_reuse --seeds=0,1,2 --output_dir=runs/cifar10_reuse \
        --preset_dir=zoo/cifar10_reuse

Time and hardware: the card in zoo/cifar10_reuse/ gives both, as measured. No GPU is needed.
Expected result: the card's table; a run with other seeds should lie within three of its standard deviations.
"""

from training.recipe import Recipe

RECIPE = Recipe(
    name="cifar10_reuse",
    description="One bank of four basic blocks for small photographs (CIFAR-10): trained once each, then grown to two "
    "runs each in a row.",
    licence="no licence stated by the data's authors; research use",
    limits="Trained on 32 x 32 photographs with one object of ten kinds, for a few epochs on a CPU: a bank to start "
    "from and to compare with, far from the best that is known for this data.",
    data={"cifar10": "cifar10"},
    model={
        "image_shape": (32, 32, 3),
        "resizing": "pad",
        "num_blocks": 4,
        "num_steps": 8,
        "width": 32,
        "patch_size": 4,
        "block": "basic",
        "norm": "batch",
        "mixing": "weights",
    },
    epochs=14,
    search_epochs=0,
    orderings={"cifar10": [0, 0, 1, 1, 2, 2, 3, 3]},
    grow_after=0.5,
    augmentation="crop_flip",
)
