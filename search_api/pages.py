"""The pages an analyst works with: the same calls as the HTTP interface, rendered."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
