"""The synchronous whole: the world, the path of a request, the core."""
