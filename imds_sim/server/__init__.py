"""Sockets, loop, threads and files: everything that waits."""
