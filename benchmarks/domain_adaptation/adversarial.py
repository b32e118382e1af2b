"""Domain-adversarial training (DANN), a control of `benchmarks.domain_adaptation`: reversal and loss are skada's.

What is chosen:

- Network, its start, the ordering (blocks in a cycle), what trains (stem, bank, norms, head), AdamW with its rate,
  schedule and decay, the number of batches, the sources' images in a batch and their changed pixels: as in the row
  "pooled sources". Nothing is tuned beside that.
- A batch of the sources in equal parts has the loss of the labels. As many of the target's images that all rows adapt
  to come beside it, without labels and with pixels changed in the same way: else colours alone would tell them apart.
- Each of both batches has its own statistics in every batch norm, as the target's images will have when they are
  classified. No moving statistics are gathered: in the end they are made the target's, as in other rows.
- A discriminator tells all sources from the target by the pooled features that the head's dense layer classifies: one
  hidden layer of 100 units, ReLU, one logit, which is the paper's for small images. The same optimizer trains it.
  skada 0.6's own one ends in a softmax over one unit, which is always 1 and lets no gradient through.
- Loss of the labels plus loss of the domains, the sum of the sources' mean and the target's. On its way into the
  network the gradient of the second is multiplied by -(2 / (1 + exp(-10 p)) - 1), where p is the share of batches done.
- The weights of the last batch are taken; nothing is chosen by the target.

Reference:
    Ganin et al. 2016, "Domain-adversarial training of neural networks", arXiv 1505.07818.
"""

import time

import keras
import numpy as np

from benchmarks.domain_adaptation.case import TASK
from benchmarks.domain_adaptation.pixel_changes import change_pixels
from keras_modnet.adaptation.domains.batches import DomainBatches
from keras_modnet.adaptation.domains.fit_domains import PARTS
from keras_modnet.adaptation.domains.turns import Turn
from keras_modnet.adaptation.training import configure
from keras_modnet.layers.steps import run_steps
from keras_modnet.training.optimizers import adamw

NEEDS = ("torch", "skada")
HIDDEN_UNITS = 100
STEEPNESS = 10.0
# Those of `fit_domains`.
LEARNING_RATE, WEIGHT_DECAY = 3e-3, 1e-2
# Losses are noted as the mean of so many last batches.
NOTED_BATCHES = 50


def train_adversarially(case):
    """Trains a new network on the sources, against a discriminator of sources and target; on torch, with skada.

    Args:
        case: `case.Case`.

    Returns:
        The model, whose moving statistics are still to be gathered, and `{"seconds": ..., "label_loss": ...,
        "domain_loss": ...}`. Where the discriminator knows nothing the last one is 2 ln 2 = 1.386.
    """
    import torch
    from skada.deep import DANNLoss
    from skada.deep.modules import GradientReversalLayer

    model, discriminator = networks(case)
    mixed, steps = batches(case), case.budget["batches"]
    variables = [*model.task(TASK).trainable_variables, *discriminator.trainable_variables]
    optimizer = adamw(learning_rates(steps), WEIGHT_DECAY, variables)
    domain_loss = DANNLoss(torch.nn.BCEWithLogitsLoss())
    started, seen = time.perf_counter(), []
    for number, batch in enumerate(mixed):
        weight = ramp(number / steps)
        own = losses(model, discriminator, batch, lambda x, by=weight: GradientReversalLayer.apply(x, by), domain_loss)
        gradients = torch.autograd.grad(sum(own), [variable.value for variable in variables])
        with torch.no_grad():
            optimizer.apply(gradients, variables)
        seen.append([loss.item() for loss in own])
    label, domain = np.mean(seen[-NOTED_BATCHES:], axis=0)
    noted = {"label_loss": float(label), "domain_loss": float(domain)}
    return model, {"seconds": time.perf_counter() - started} | noted


def networks(case):
    """Returns the model, its blocks in a cycle and all but the ordering ready to train, and the discriminator."""
    model = case.new_model()
    blocks = model.bank.num_blocks
    model.set_ordering(TASK, [step % blocks for step in range(model.task_layers[TASK].num_steps)])
    configure(model, TASK, PARTS, verbose=False)
    discriminator = keras.Sequential([keras.layers.Dense(HIDDEN_UNITS, activation="relu"), keras.layers.Dense(1)])
    discriminator.build((None, model.features_shape[-1]))
    return model, discriminator


def learning_rates(steps):
    """Returns the schedule of `keras_modnet.fit_domains` over so many batches."""
    warmup = max(1, steps // 20)
    return keras.optimizers.schedules.CosineDecay(0.0, steps - warmup, warmup_target=LEARNING_RATE, warmup_steps=warmup)


def ramp(progress):
    """Returns the weight of the reversed gradient, from 0 to nearly 1.

    Args:
        progress: share of the batches that are done.
    """
    return float(2 / (1 + np.exp(-STEEPNESS * progress)) - 1)


def batches(case):
    """Returns an iterator of `(images, labels, images of the target)`, a batch each; no label of the target is read.

    Args:
        case: `case.Case`.
    """
    count, size = case.budget["batches"], case.budget["batch_size"]
    turns = [Turn(case.sources, ())] * count
    sources, target = DomainBatches(case.training_data(count), turns, size, case.seed), case.target_images
    return ((*sources[number], target_batch(target, size, (case.seed, number))) for number in range(count))


def target_batch(images, size, seed):
    """Returns some images of the target with changed pixels.

    Args:
        images: uint8 `(n, height, width, channels)`.
        size: how many.
        seed: fixes which, and their changes.
    """
    generator = np.random.default_rng(seed)
    rows = generator.choice(len(images), size, replace=size > len(images))
    return change_pixels(images[rows], generator)


def losses(model, discriminator, batch, reverse, domain_loss):
    """Returns the loss of the labels and that of the domains.

    Args:
        model: a `ModNet` with a hard ordering.
        discriminator: from features to one logit.
        batch: as `batches` gives it.
        reverse: function of the features, in front of the discriminator.
        domain_loss: function of the logits `(n,)` of the sources and those of the target.
    """
    images, labels, unlabelled = batch
    sources, target = pooled_features(model, images), pooled_features(model, unlabelled)
    logits = model.task_layers[TASK].head.dense(sources)
    label_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits)
    told = [keras.ops.squeeze(discriminator(reverse(pooled)), -1) for pooled in (sources, target)]
    return label_loss, domain_loss(*told)


def pooled_features(model, images):
    """Returns what the head's dense layer classifies, `(n, channels)`, normalized by the batch's own statistics.

    Args:
        model: a `ModNet` with a hard ordering.
        images: a batch of them.
    """
    layers = model.task_layers[TASK]
    features = model.stem(images, training=True)
    features = run_steps(features, model.bank, layers.router(training=False), layers.norms.measure(), hard=True)
    return layers.head.pool(features, layers.head.norms.measure())
