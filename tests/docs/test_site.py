"""The site of docs/: its navigation, links, reference, pictures and commands. Whether it builds `make docs` says."""

import importlib
import pathlib
import re
import runpy
import shlex

import pytest
import yaml

import keras_modnet

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
BESIDE = [
    ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "benchmarks/RESULTS.md")
]
CARDS = sorted((ROOT / "zoo").glob("*/README.md"))
FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
REFERENCE = re.compile(r"^::: keras_modnet\.(\S+)$", re.MULTILINE)
PUBLIC_MODULES = ("layers", "callbacks", "converters", "analysis", "presets")


def prose(page):
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def anchors(page):
    """The places in a page, as GitHub and the site name them."""
    words = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading) for heading in HEADING.findall(prose(page)))
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in words}


def navigation(entries):
    for entry in entries:
        for place in entry.values():
            yield from [place] if isinstance(place, str) else navigation(place)


def test_the_navigation_has_every_page_once():
    # The hooks of the site give the README another name; other pages beside docs/ keep theirs.
    settings = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), yaml.BaseLoader)
    named = list(navigation(settings["nav"]))
    beside = {"overview.md", "benchmarks/RESULTS.md", "CHANGELOG.md"}
    assert sorted(named) == sorted({page.relative_to(DOCS).as_posix() for page in PAGES} | beside)


def test_the_first_page_links_to_every_guide():
    linked = {target for target, _ in LINK.findall(prose(DOCS / "index.md"))}
    assert linked >= {page.name for page in DOCS.glob("*.md")} - {"index.md"}


@pytest.mark.parametrize("page", [*PAGES, *BESIDE, *CARDS], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target, anchor in LINK.findall(prose(page)):
        goal = (page.parent / target).resolve() if target else page
        assert goal.exists(), target
        assert not anchor or anchor in anchors(goal), f"{target}#{anchor}"


def test_the_reference_has_every_public_name_once_and_no_other():
    own = {name for name in keras_modnet.__all__ if name not in (*PUBLIC_MODULES, "__version__")}
    public = set(own)
    for module in PUBLIC_MODULES:
        names = importlib.import_module(f"keras_modnet.{module}").__all__
        # What the package itself names stands under its short name.
        public |= {f"{module}.{name}" for name in names if name not in own}
    listed = [name for page in (DOCS / "reference").glob("*.md") for name in REFERENCE.findall(page.read_text())]
    assert sorted(listed) == sorted(public)


def test_the_pictures_are_those_of_their_script(tmp_path):
    def shown(path):
        return re.findall(r">([^<>\n]+)</text>|fill: (#\w+)", path.read_text(encoding="utf-8"))

    folder = DOCS / "pictures"
    names = runpy.run_path(str(folder / "draw.py"))["draw_all"](tmp_path)
    assert names == sorted(path.name for path in folder.glob("*.svg"))
    for name in names:
        assert shown(tmp_path / name) == shown(folder / name) != []


@pytest.mark.parametrize("page", ["start.md", "command_line.md"])
def test_commands_on_pages_are_taken_as_they_stand(page):
    lines = re.findall(r"^keras-modnet (.+)$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert lines
    for line in lines:
        name, *words = shlex.split(line)
        importlib.import_module(f"keras_modnet.cli.{name}").COMMAND.parse(words)
