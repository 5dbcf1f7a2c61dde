import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("samples/*.md")])


def test_the_pages_made_from_the_code_are_what_it_says() -> None:
    done = subprocess.run(
        [sys.executable, "docs/make.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_module_and_file_a_page_names_is_there(page: Path) -> None:
    for path in re.findall(
        r"`((?:models|nlp|indexer|search_api|tests|docs|samples|benchmarks)/[\w./-]*)`",
        page.read_text(),
    ):
        assert (ROOT / path).exists(), path


def test_every_command_in_the_readme_is_one() -> None:
    from search_api.cli import cli

    text = (ROOT / "README.md").read_text()
    named = set(re.findall(r"^\S*evidence (\w+)", text, re.MULTILINE))
    assert named and named <= set(cli.commands)


def test_the_makefile_has_the_targets_the_readme_names() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"make (\w+)", (ROOT / "README.md").read_text())):
        assert f"\n{target}:" in makefile, target
