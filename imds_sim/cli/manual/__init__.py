"""The manual pages, written from what the program knows of itself."""
