"""The YAML file: its schema, its errors, and the world built from it."""
