"""One file per STS operation."""
