"""The entry point of `imds-sim` and of `python -m imds_sim`."""

import os
import sys


def main() -> None:
    """Run the command line and exit with its status."""
    if sys.platform == "win32":
        sys.stderr.write("imds-sim runs on Linux and macOS; on Windows use it inside WSL 2.\n")
        sys.exit(69)
    _open_standard_descriptors()
    from imds_sim.cli.main import imds_sim

    imds_sim(prog_name="imds-sim")


def _open_standard_descriptors() -> None:
    """Give the descriptors 0 to 2 back that whoever started us has closed.

    The next socket would get one of them, and libuv aborts the process when it closes such a one.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free one, which is this
            setattr(sys, name, os.fdopen(number, mode, closefd=False))


if __name__ == "__main__":
    main()
