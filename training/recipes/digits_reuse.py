"""Digits, garments and letters on one bank of four blocks.

Command:
    python -m training.run --recipe=digits_reuse --seeds=0,1,2 --output_dir=runs/digits_reuse \
        --preset_dir=zoo/digits_reuse

Time and hardware: the card in zoo/digits_reuse/ gives both, as measured. No GPU is needed.
Expected result: the card's table; a run with other seeds should lie within three of its standard deviations.
"""

from training.recipe import Recipe

RECIPE = Recipe(
    name="digits_reuse",
    description="One bank of four basic blocks, run in eight steps, shared by handwritten digits (MNIST), garments "
    "(Fashion-MNIST) and handwritten letters; each task has learned its own ordering.",
    licence="CC BY-SA 3.0",
    limits="Trained on centred glyphs and garments, light on black, one to an image: do not expect it to find or "
    "segment anything, or to read other grounds. Handwriting unlike that of the people in the data may be read worse.",
    intended_use="A small bank to start from: new tasks of small centred images on frozen blocks, demonstrations, "
    "tests. As a classifier it reads what its three test sets hold.",
    data={"mnist": "mnist", "fashion": "fashion_mnist", "letters": "letters"},
    model={
        "image_shape": (28, 28, 1),
        "resizing": "pad",
        "num_blocks": 4,
        "num_steps": 8,
        "width": 32,
        "patch_size": 4,
        "block": "basic",
        "norm": "batch",
        "mixing": "weights",
        "logits_multiplier": 60.0,
    },
    epochs=8,
    search_epochs=3,
)
