"""Colours of the blocks: told apart by all readers, the red-green blind among them."""

# Blue, orange, green, sky blue, vermilion, purple, yellow, black. The first ones differ most.
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#56B4E9", "#D55E00", "#CC79A7", "#F0E442", "#000000")


def block_colors(num_blocks):
    """Returns a colour for each block of a bank, as `(red, green, blue)` from 0 to 1.

    Up to eight blocks have the colours of Okabe and Ito. More than eight cannot be told apart by colour alone: they
    have the map "cividis" from dark blue to yellow, in the order of their numbers, so that near numbers look alike.

    Args:
        num_blocks: blocks of the bank.

    Reference:
        Okabe & Ito 2008, "Color universal design". Nunez et al. 2018, "Optimizing colormaps with consideration for
        color vision deficiency", for cividis.
    """
    from matplotlib import colormaps
    from matplotlib.colors import to_rgb

    if num_blocks <= len(OKABE_ITO):
        return [to_rgb(color) for color in OKABE_ITO[:num_blocks]]
    cividis = colormaps["cividis"]
    return [cividis(block / (num_blocks - 1))[:3] for block in range(num_blocks)]


def text_color(background):
    """Returns "black" or "white", whichever has more contrast on a background.

    Args:
        background: `(red, green, blue)` from 0 to 1.

    Reference:
        Web Content Accessibility Guidelines 2.1, relative luminance and contrast ratio.
    """
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in background[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # (1 + 0.05) / (luminance + 0.05) against (luminance + 0.05) / 0.05: equal where the square of the sum is 0.0525.
    return "black" if (luminance + 0.05) ** 2 > 0.0525 else "white"
