"""Writes the pages that are made from the code: commands, settings, HTTP interface.

python docs/make.py          writes them
python docs/make.py --check  exits with 1 when one is not what the code says
"""

import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from search_api.app import create_app
from search_api.cli import cli
from search_api.settings import Settings

HERE = Path(__file__).parent
ERROR_SHAPE = (
    "Every error has one shape: "
    '`{"error": {"status", "message", "fields": [{"field", "problem"}]}}`.'
)


def commands() -> str:
    """The page of the command line: what each command's --help says."""
    parts = ["# Command line\n", "Made by `python docs/make.py` from the program itself.\n"]
    parts.append(f"```text\n{_help()}```\n")
    for name in sorted(cli.commands):
        parts.append(f"## evidence {name}\n\n```text\n{_help(name)}```\n")
    return "\n".join(parts)


def _help(*command: str) -> str:
    """What a command answers to --help, 88 columns wide."""
    asked = [*command, "--help"]
    return CliRunner().invoke(cli, asked, prog_name="evidence", terminal_width=88).output


def settings() -> str:
    """The page of the settings: each variable, its default, what it is for."""
    rows = ["| variable | default | what for |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.default if field.default != "" else ""
        rows.append(f"| `EVIDENCE_{name.upper()}` | `{default}` | {field.description} |")
    head = "# Settings\n\nMade by `python docs/make.py`. All are environment variables.\n\n"
    return head + "\n".join(rows) + "\n"


def interface() -> str:
    """The page of the HTTP interface: paths, parameters, answers."""
    description = create_app(Settings()).openapi()
    parts = [
        "# HTTP interface\n",
        "Made by `python docs/make.py`. The same, with every field, is served as OpenAPI 3.1 at "
        "`/openapi.json`.\n",
        f"{ERROR_SHAPE} 404: no such document or screening. 422: the input, field by field. 503: "
        "index or ledger cannot be read; a failed search is never an empty answer.\n",
    ]
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(method, path, operation))
    return "\n".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    lines = [f"## {method.upper()} {path}\n", operation.get("description", ""), ""]
    for parameter in operation.get("parameters", []):
        about = parameter.get("description", "")
        lines.append(f"- `{parameter['name']}` ({parameter['in']}) {about}".rstrip())
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        lines.append(f"- body: `{schema['$ref'].rpartition('/')[2]}`")
    return "\n".join(lines) + "\n"


PAGES = {"cli.md": commands, "settings.md": settings, "http-api.md": interface}


def main(arguments: list[str]) -> int:
    """0 when all is written or as it should be."""
    wrong = 0
    for name, make in PAGES.items():
        text = make()
        path = HERE / name
        if "--check" in arguments:
            if not path.exists() or path.read_text() != text:
                sys.stderr.write(f"docs/{name} is not what the code says: python docs/make.py\n")
                wrong = 1
        else:
            path.write_text(text)
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
