"""Says what a preset is: its tasks, orderings, accuracy and licence. Its weights are not needed.

Example:
    keras-modnet describe digits_reuse
"""

from keras_modnet.cli.command import Command, flag_values

FLAGS = flag_values()


def run(words, values):
    """Prints the facts."""
    from keras_modnet.presets import PresetTable, describe_preset

    info = describe_preset(words[0])
    print(f"{info.name}\n{info.description or 'no description'}\n")
    print(PresetTable([info]))
    print(f"\nlicence: {info.licence or 'not stated'}\nfolder: {info.path}")
    card = info.path / "README.md"
    if card.is_file():
        print(f"card: {card}")


COMMAND = Command("describe", __doc__, "PRESET", (1, 1), FLAGS, run)
