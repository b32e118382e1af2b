"""The checkpoints of others that have an entry in the zoo, and what those who published them say of them."""

import dataclasses

from training.data.catalog import DATA_SETS


@dataclasses.dataclass(frozen=True)
class Published:
    """What those who published a checkpoint say of it; nothing of it was measured here.

    Args:
        architecture: name in `keras_modnet.converters.ARCHITECTURES`.
        url: address of the file, or handle of the repository on the Hugging Face Hub that has it.
        description: what the preset is, in a sentence.
        repository: where it was published; its README gives accuracy and parameters.
        licence: licence of the weights.
        accuracy_percent: test accuracy.
        metric: what that accuracy is.
        parameters: number of parameters, as it is written there.
        data: what it was trained on, as on a card: `{"name": ..., "terms": ..., "cite": ..., "bibtex": ...}`.
        intended_use: what it is for, and what images have to go through first.
        citations: BibTeX entries of the network.
        file: name of the file where the address does not end in it.
        image_size: side of the preset's images in pixels, where it is not that of the published network.
    """

    architecture: str
    url: str
    description: str
    repository: str
    licence: str
    accuracy_percent: float
    metric: str
    parameters: str
    data: dict[str, str]
    intended_use: str
    citations: tuple[str, ...]
    file: str | None = None
    image_size: int | None = None


_DINOV2 = r"""@article{oquab2023dinov2,
  title = {{DINOv2}: Learning Robust Visual Features without Supervision},
  author = {Oquab, Maxime and Darcet, Timoth{\'e}e and Moutakanni, Th{\'e}o and Vo, Huy and Szafraniec, Marc
    and Khalidov, Vasil and Fernandez, Pierre and Haziza, Daniel and Massa, Francisco and El-Nouby, Alaaeldin
    and Howes, Russell and Huang, Po-Yao and Xu, Hu and Sharma, Vasu and Li, Shang-Wen and Galuba, Wojciech
    and Rabbat, Mike and Assran, Mido and Ballas, Nicolas and Synnaeve, Gabriel and Misra, Ishan and Jegou, Herve
    and Mairal, Julien and Labatut, Patrick and Joulin, Armand and Bojanowski, Piotr},
  journal = {arXiv preprint arXiv:2304.07193},
  year = {2023}
}"""
_VIT = """@inproceedings{dosovitskiy2021image,
  title = {An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale},
  author = {Dosovitskiy, Alexey and Beyer, Lucas and Kolesnikov, Alexander and Weissenborn, Dirk and Zhai, Xiaohua
    and Unterthiner, Thomas and Dehghani, Mostafa and Minderer, Matthias and Heigold, Georg and Gelly, Sylvain
    and Uszkoreit, Jakob and Houlsby, Neil},
  booktitle = {International Conference on Learning Representations},
  year = {2021}
}"""

ENTRIES = {
    "imagenet_reuse": Published(
        architecture="convnext_isotropic_small",
        url="https://dl.fbaipublicfiles.com/convnext/convnext_iso_small_1k_224_ema.pth",
        description="The published isotropic ConvNeXt-S, a classifier of ImageNet-1k, as a bank of blocks that one "
        "task runs in their order.",
        repository="https://github.com/facebookresearch/ConvNeXt",
        licence="MIT",
        accuracy_percent=78.7,
        metric="top-1 accuracy at 224 x 224",
        parameters="22M",
        data={
            "name": "imagenet2012",
            "terms": DATA_SETS["imagenet2012"].terms,
            "cite": DATA_SETS["imagenet2012"].citation,
            "bibtex": DATA_SETS["imagenet2012"].bibtex,
        },
        intended_use="A bank to start from: new tasks on photographs, and the classes of ImageNet-1k. Images are RGB, "
        "224 x 224, with values from 0 to 255; the model does the rest of the preprocessing. Of photographs of other "
        "sizes its own rule resizes the short side to 256, bicubic, and takes the centre, as its publisher tests it: "
        "`keras_modnet.predict_images`, `read_images` and `fit_images` do so.",
        citations=(
            "@inproceedings{liu2022convnet,\n"
            "  title = {A {ConvNet} for the 2020s},\n"
            "  author = {Liu, Zhuang and Mao, Hanzi and Wu, Chao-Yuan and Feichtenhofer, Christoph and Darrell, Trevor "
            "and Xie, Saining},\n"
            "  booktitle = {Proceedings of the IEEE/CVF Conference on Computer Vision and Pattern Recognition},\n"
            "  year = {2022}\n"
            "}",
        ),
    ),
    "dinov2_reuse": Published(
        architecture="dinov2_small",
        url="hf://facebook/dinov2-small",
        file="model.safetensors",
        image_size=224,
        description="The published DINOv2 ViT-S/14, which was trained without labels, as a bank of blocks that one "
        "task runs in their order; it gives features.",
        repository="https://github.com/facebookresearch/dinov2",
        licence="Apache-2.0",
        accuracy_percent=81.1,
        metric="top-1 accuracy of a linear classifier on its features of ImageNet-1k",
        parameters="21 M",
        data={
            "name": "LVD-142M",
            "terms": "142 million images that were not published",
            "cite": "Oquab, Darcet, Moutakanni, Vo, Szafraniec, Khalidov and others: DINOv2: Learning robust visual "
            "features without supervision, 2023",
            "bibtex": _DINOV2,
        },
        intended_use="A bank to start from: features of photographs, and new tasks on them. Images are RGB, 224 x 224, "
        "with values from 0 to 255; the model does the rest of the preprocessing. Of photographs of other sizes its "
        "own rule resizes the short side to 256, bicubic, and takes the centre, as its publisher tests it: "
        "`keras_modnet.read_images` and `fit_images` do so. The task `features` gives 768 numbers an image, the class "
        'token beside the mean of the patches; `from_preset("dinov2_reuse", num_classes=10)` gives a task of your own '
        "on the same pooling.",
        citations=(_VIT,),
    ),
}
