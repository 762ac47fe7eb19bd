"""Reading the metadata service of a live instance, and what can be made of it."""
