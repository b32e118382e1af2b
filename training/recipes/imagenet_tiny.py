"""The recipe `imagenet`, small enough for a CPU: Tiny ImageNet, four blocks, each run twice.

Command:
    python -m training.run --recipe=imagenet_tiny --output_dir=runs/imagenet_tiny --seeds=0

Time and hardware: the result's JSON gives both, as measured. No GPU is needed.
Expected result: no preset is made of it; it shows that the code of `imagenet` learns.
"""

import dataclasses

from training.recipes import imagenet

NUM_BLOCKS, RUNS = 4, 2

RECIPE = dataclasses.replace(
    imagenet.RECIPE,
    name="imagenet_tiny",
    description="One bank of four ConvNeXt blocks, each run twice in a row, for small photographs of 200 classes; "
    "trained with each block once, then grown.",
    data={"imagenet": "tiny_imagenet"},
    model=imagenet.RECIPE.model
    | {
        "image_shape": (64, 64, 3),
        "resizing": {"mode": "crop", "short_side": 73},
        "num_blocks": NUM_BLOCKS,
        "num_steps": NUM_BLOCKS * RUNS,
        "width": 48,
        "patch_size": 8,
    },
    orderings={"imagenet": [step // RUNS for step in range(NUM_BLOCKS * RUNS)]},
    epochs=20,
    batch_size=128,
    learning_rate=2e-3,
    # A short training leaves little to regularise.
    crop_area=0.35,
    rand_operations=1,
    erasing=0.0,
    ema_momentum=0.99,
)
