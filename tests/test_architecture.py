import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("models", "nlp", "indexer", "search_api")


def loaded_after(statement: str) -> set[str]:
    """The modules a fresh interpreter has loaded after a statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_serving_loads_neither_the_extractor_nor_torch() -> None:
    loaded = loaded_after("import search_api.app")
    assert "search_api.screening" in loaded
    assert not {m for m in loaded if m.partition(".")[0] in ("models", "torch", "transformers")}
    assert "nlp.pipeline" not in loaded


def test_the_command_line_shows_its_help_without_loading_the_product() -> None:
    loaded = loaded_after("import search_api.cli")
    assert not {"indexer.engine", "fastapi", "nlp.knowledge.loader", "rigour"} & loaded


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_opens_with_what_it_is_for_and_imports_nothing(package: str) -> None:
    text = (ROOT / package / "__init__.py").read_text()
    assert text.startswith('"""') and "import" not in text


def test_the_packages_in_use_are_ours(tmp_path: Path) -> None:
    for package in PACKAGES:
        module = __import__(package)
        assert module.__file__ and Path(module.__file__).is_relative_to(ROOT)


def test_the_wheel_holds_the_four_packages_and_no_more() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == list(PACKAGES)
    assert project["tool"]["check-wheel-contents"]["toplevel"] == sorted(PACKAGES)


def test_every_requirement_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    assert {w.partition(">=")[0].lower().replace("_", "-") for w in wanted} <= pinned
