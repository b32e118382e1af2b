"""An extension of Griffe: sections of our docstrings that it does not know are shown as code, and as a list."""

import re
import textwrap

import griffe

SECTION = re.compile(r"^(Example|Call arguments):\n((?:[ ]+.*\n?|\n)+)", re.MULTILINE)
ARGUMENT = re.compile(r"^([\w*]+): ", re.MULTILINE)


class OwnSections(griffe.Extension):
    """Puts examples into blocks of Python, and the arguments of a layer's call into a list."""

    def on_object(self, *, obj, **_):
        """Changes the docstring of one object, which is not parsed yet."""
        if obj.docstring is not None:
            obj.docstring.value = SECTION.sub(_shown, obj.docstring.value)


def _shown(match):
    title, text = match.groups()
    text = textwrap.dedent(text).strip()
    text = f"```python\n{text}\n```" if title == "Example" else ARGUMENT.sub(r"- `\1`: ", text)
    return f"{title}:\n{textwrap.indent(text, '    ')}\n\n"
