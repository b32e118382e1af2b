"""How a preset's figures are written: the same on its card, in `list_presets()` and in a table of presets."""


def format_result(mean, std=None):
    """Returns a result and its spread, two decimals each: "98.92 ± 0.05"; without a spread the result alone."""
    return f"{mean:.2f}" if std is None else f"{mean:.2f} ± {std:.2f}"


def format_macs(macs):
    """Returns multiply-adds in millions, two decimals."""
    return f"{macs / 1e6:,.2f}"


def format_latency(milliseconds):
    """Returns milliseconds with two decimals."""
    return f"{milliseconds:,.2f}"
