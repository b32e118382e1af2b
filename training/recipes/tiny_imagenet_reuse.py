"""Photographs of 200 classes of ImageNet at 64 pixels: four blocks, each run twice in a row.

Command:
    python -m training.run --recipe=tiny_imagenet_reuse --seeds=0,1,2 --output_dir=runs/tiny_imagenet_reuse \
        --preset_dir=zoo/tiny_imagenet_reuse

Time and hardware: the card in zoo/tiny_imagenet_reuse/ gives both, as measured. No GPU is needed.
Expected result: the card's table; a run with other seeds should lie within three of its standard deviations.
"""

from training.recipe import Recipe

RECIPE = Recipe(
    name="tiny_imagenet_reuse",
    description="One bank of four basic blocks for photographs of 200 ImageNet classes at 64 pixels (Tiny ImageNet): "
    "trained once each, then grown to two runs each in a row.",
    licence="ImageNet terms, non-commercial research",
    limits="Trained on 64 x 64 photographs for a few epochs on a CPU: a bank of natural images to start from, not a "
    "classifier to rely on.",
    data={"tiny_imagenet": "tiny_imagenet"},
    model={
        "image_shape": (64, 64, 3),
        "resizing": "pad",
        "num_blocks": 4,
        "num_steps": 8,
        "width": 48,
        "patch_size": 8,
        "block": "basic",
        "norm": "batch",
        "mixing": "weights",
    },
    epochs=8,
    search_epochs=0,
    orderings={"tiny_imagenet": [0, 0, 1, 1, 2, 2, 3, 3]},
    grow_after=0.5,
    augmentation="crop_flip",
)
