"""Policies as values, read from their JSON shape.

Source: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """To be written."""
