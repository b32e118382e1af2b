"""How many parameters the parts of the table's layers and models have, by the arithmetic that gives them."""

# Two blocks each. basic: two 3x3 kernels. bottleneck: 1x1 to 16 channels, depthwise 3x3, 1x1 back. convnext:
# depthwise 7x7 and bias, scale and offset of its norm, 1x1 to 16 channels and bias, 1x1 back and bias, layer scale.
BASIC = 2 * (2 * 9 * 4 * 4)
BOTTLENECK = 2 * (4 * 16 + 9 * 16 + 16 * 4)
CONVNEXT = 2 * ((49 * 4 + 4) + (4 + 4) + (4 * 16 + 16) + (16 * 4 + 4) + 4)
# convmixer: depthwise 7x7 and bias, 1x1 and bias.
CONVMIXER = 2 * ((49 * 4 + 4) + (4 * 4 + 4))
# transformer: scale and offset of two norms, two layer scales, four projections with biases, 1x1 to 16 channels and
# back.
TRANSFORMER = 2 * (2 * 8 + 2 * 4 + 4 * (4 * 4 + 4) + (4 * 16 + 16) + (16 * 4 + 4))
# One 2x2x1 kernel for 4 channels, and a bias. Four channels for three classes, and a bias. Scale, offset of 4 channels.
STEM, DENSE, NORM = 4 * 4 + 4, 4 * 3 + 3, 2 * 4
# A 3x3 kernel from 1 to 2 channels and one from 2 to 4, with biases; a norm of 2 channels between them.
HIDDEN = 2 * 2
OVERLAPPING = (9 * 2 + 2) + (9 * 2 * 4 + 4) + HIDDEN
# Class token, and positions of it and of 4 patches; two register tokens.
TOKENS, REGISTERS = 4 + 5 * 4, 2 * 4
# Logits of 2 steps and 2 blocks. Temperature and the hardened flag.
LOGITS, ROUTER_STATE = 2 * 2, 2
# Scale and offset of 4, 16 and 16 channels in each of 2 steps, and of 4 channels in the head.
BOTTLENECK_NORMS = 2 * 2 * (4 + 16 + 16) + NORM
# Two norms in each of 2 steps, and one in the head.
BASIC_NORMS = 2 * 2 * NORM + NORM
