"""What the models of tasks have beside Keras's under a `tf.distribute` strategy: the whole batch's loss."""

import keras
from keras import ops

from keras_modnet.layers import GumbelRouter
from keras_modnet.layers.replicas import num_replicas, sum_over_replicas

# Reductions of a `keras.Loss` that Keras divides by the number of replicas.
MEANS = ("sum_over_batch_size", "mean")


class RunsOnReplicas:
    """Mixin in front of `keras.Model`: replicas of a strategy train as one device does with the same global batch."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """As Keras's; in training each replica's loss weighs what its images are of the batch.

        Keras takes the mean of the replicas' means, which is another one where they have different numbers of images.
        """
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        replicas = num_replicas()
        if replicas == 1 or not training:
            return loss
        # Keras has parted losses that do not depend on the images among the replicas.
        others = sum(ops.sum(ops.cast(other, loss.dtype)) for other in self.losses) / replicas
        of_images, others = loss - others, others - self._strangers() / replicas
        loss = of_images + others
        if not _are_means(self.loss):
            return loss
        images = ops.cast(ops.shape(keras.tree.flatten(y_pred)[0])[0], loss.dtype)
        right = of_images * replicas * images / sum_over_replicas(images) + others
        # Keras weighs the value by the number of images when it logs: only the gradient is to be weighed here.
        return right + ops.stop_gradient(loss - right)

    def _strangers(self):
        # Replicas are traced side by side and share the list of a layer's losses: it holds one or more of them, of any
        # replica, and their gradients come to that one alone.
        routers = [layers.router for layers in self.task_layers.values() if isinstance(layers.router, GumbelRouter)]
        return sum(sum(router.losses) - router.decision_loss() for router in routers)


def _are_means(losses):
    given = [loss for loss in keras.tree.flatten(losses) if isinstance(loss, keras.losses.Loss)]
    return all(loss.reduction in MEANS for loss in given)
