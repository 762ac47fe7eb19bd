"""The metadata tree, one file per category."""
