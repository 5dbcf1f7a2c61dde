"""`python -m search_api` is the command line."""

from search_api.cli import cli

cli(prog_name="evidence")
