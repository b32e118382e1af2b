"""Seven kinds of things in four styles of pictures on one bank, each style in its own order.

Command:
    python -m training.run --recipe=styles_multidomain --seeds=0,1,2 --output_dir=runs/styles_multidomain \
        --preset_dir=zoo/styles_multidomain

Time and hardware: the card in zoo/styles_multidomain/ gives both, as measured. No GPU is needed.
Expected result: the card's table; a run with other seeds should lie within three of its standard deviations.
"""

from training.recipe import Recipe

RECIPE = Recipe(
    name="styles_multidomain",
    description="One bank of four basic blocks shared by four styles of pictures (PACS: photographs, art paintings, "
    "cartoons, sketches) of the same seven kinds of things; each style has learned its own ordering.",
    licence="research use, as the data",
    limits="Trained on 64 x 64 pictures of one thing each, for a few epochs on a CPU. A style has a head of its own: "
    "none was trained to recognise things in a style that it has not seen.",
    data={style: f"pacs/{style}" for style in ("photo", "art_painting", "cartoon", "sketch")},
    model={
        "image_shape": (64, 64, 3),
        "resizing": "pad",
        "num_blocks": 4,
        "num_steps": 8,
        "width": 32,
        "patch_size": 8,
        "block": "basic",
        "norm": "batch",
        "mixing": "weights",
        "logits_multiplier": 60.0,
    },
    epochs=16,
    search_epochs=6,
    batch_size=64,
    augmentation="crop_flip",
)
