"""ImageNet on one bank of nine ConvNeXt blocks, each run twice.

Command:
    python -m training.run --recipe=imagenet --output_dir=runs/imagenet --seeds=0

Data: `imagenet2012` of tensorflow-datasets, which says where to put the archives that it cannot download.
Time and hardware: not run. The code was tested on made-up images, and its smaller sibling `imagenet_tiny` on real ones.
Expected result: none is known.
"""

from training.classification_recipe import ClassificationRecipe

NUM_BLOCKS, RUNS = 9, 2

RECIPE = ClassificationRecipe(
    name="imagenet",
    description="One bank of nine ConvNeXt blocks, each run twice in a row, for photographs of 1,000 classes; trained "
    "with each block once, then grown.",
    licence="ImageNet terms, non-commercial research",
    limits="Trained on photographs of things, one label to an image. It answers with one of its classes whatever it is "
    "shown.",
    data={"imagenet": "imagenet2012"},
    model={
        "image_shape": (224, 224, 3),
        "resizing": {"mode": "crop", "short_side": 256},
        "num_blocks": NUM_BLOCKS,
        "num_steps": NUM_BLOCKS * RUNS,
        "width": 384,
        "patch_size": 16,
        "block": "convnext",
        "norm": "layer",
    },
    orderings={"imagenet": [step // RUNS for step in range(NUM_BLOCKS * RUNS)]},
    epochs=300,
    grow_after=0.5,
    batch_size=1024,
    learning_rate=1e-3,
    weight_decay=0.05,
    ema_momentum=0.9999,
)
