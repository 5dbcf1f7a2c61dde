"""Writes the pages that are made from the code: commands, settings, HTTP interface.

python docs/make.py          writes them
python docs/make.py --check  exits with 1 when one is not what the code says
"""

import sys
from pathlib import Path
from typing import Any

import click

from search_api.app import create_app
from search_api.cli import cli
from search_api.settings import Settings

HERE = Path(__file__).parent
ERROR_SHAPE = (
    "Every error has one shape: "
    '`{"error": {"status", "message", "fields": [{"field", "problem"}]}}`.'
)
