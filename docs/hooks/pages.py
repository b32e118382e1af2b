"""A hook of MkDocs: what the pages in docs/ link to elsewhere in the repository comes along, as pages and files.

On the site a file of the repository has its path there, but for those in docs/, which lie at the top.
"""

import posixpath
import re
from pathlib import Path

from mkdocs.structure.files import File, InclusionLevel

ROOT = Path(__file__).resolve().parents[2]
# Index pages have names of their own in MkDocs.
RENAMED = {"README.md": "overview.md"}
FENCED = re.compile(r"(^ *```.*?^ *```$)", re.DOTALL | re.MULTILINE)
# The end of a link: its target, and the place in it.
TARGET = re.compile(r"(?<=\]\()(?!\w+:|#)([^)#\s]+)(#[^)\s]*)?(?=\))")
FILE_NAME = re.compile(r"^```python file=(\S+)$", re.MULTILINE)


def on_files(files, config):
    """Adds what is linked to from page to page, from those in docs/ on, and what the navigation names."""
    pages = [Path(file.abs_src_path) for file in files.documentation_pages()]
    pages += [ROOT / name for name in ("benchmarks/RESULTS.md", "CHANGELOG.md")]
    seen = set()
    while pages:
        page = pages.pop()
        if page in seen:
            continue
        seen.add(page)
        uri = site_uri(page)
        if files.get_file_from_path(uri) is None:
            # The navigation names some of them; the others have the links.
            files.append(File.generated(config, uri, abs_src_path=str(page), inclusion=InclusionLevel.NOT_IN_NAV))
        if page.suffix == ".md":
            pages += targets(page)
    return files


def targets(page):
    """Returns the files that a page links to."""
    prose = FENCED.sub("", page.read_text(encoding="utf-8"))
    found = ((page.parent / target).resolve() for target, _ in TARGET.findall(prose))
    return [path for path in found if path.is_file() and path.is_relative_to(ROOT)]


def site_uri(path):
    """Returns the place on the site of a file of the repository."""
    name = path.relative_to(ROOT).as_posix()
    return RENAMED.get(name, name.removeprefix("docs/"))


def on_page_markdown(markdown, page, config, files):
    """Points links to where the files are on the site; a block that says its file's name has it for a title."""
    source = Path(page.file.abs_src_path)

    def moved(match):
        target, anchor = match.groups(default="")
        path = (source.parent / target).resolve()
        # A wrong link stays, and MkDocs names it.
        if not path.is_file() or not path.is_relative_to(ROOT):
            return match.group()
        return posixpath.relpath(site_uri(path), posixpath.dirname(page.file.src_uri) or ".") + anchor

    parts = FENCED.split(markdown)
    parts[::2] = [TARGET.sub(moved, part) for part in parts[::2]]
    return FILE_NAME.sub(r'```python title="\1"', "".join(parts))
