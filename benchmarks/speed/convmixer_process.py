"""The peer in torch: an isotropic network, timm's ConvMixer, in a process of its own that `convmixer` talks to.

The one place of the benchmarks that imports torch: TensorFlow and torch do not always bear each other in one process.
"""

import json
import sys

import timm
import torch


def answer(setting, requests):
    """Makes the network and yields once, and then once more after each request, when it is done.

    Args:
        setting: "width", "depth", "kernel_size", "patch_size", "num_classes" of the network, "seed", and "images", the
            shape `(n, height, width, channels)` of a batch.
        requests: "train" (one step with Adam on the batch), or "predict" (its logits, as an array).
    """
    torch.manual_seed(setting["seed"])
    device = "cuda" if torch.cuda.is_available() else "cpu"
    sizes = {name: setting[name] for name in ("kernel_size", "patch_size", "num_classes")}
    network = timm.models.ConvMixer(setting["width"], setting["depth"], **sizes).to(device)
    optimizer = torch.optim.Adam(network.parameters())
    count, height, width, channels = setting["images"]
    images = 2 * torch.rand(count, channels, height, width, device=device) - 1
    labels = torch.arange(count, device=device) % setting["num_classes"]
    yield
    for request in requests:
        if request == "train":
            network.train()
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(network(images), labels)
            loss.backward()
            optimizer.step()
            loss.item()
        else:
            network.eval()
            with torch.inference_mode():
                network(images).cpu().numpy()
        yield


if __name__ == "__main__":
    lines = (line.strip() for line in sys.stdin)
    for _ in answer(json.loads(next(lines)), lines):
        print("done", flush=True)
