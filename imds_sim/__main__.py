"""The entry point of `imds-sim` and of `python -m imds_sim`."""

import sys


def main() -> None:
    """Run the command line and exit with its status."""
    if sys.platform == "win32":
        sys.stderr.write("imds-sim runs on Linux and macOS; on Windows use it inside WSL 2.\n")
        sys.exit(69)
    from imds_sim.cli.main import imds_sim

    imds_sim(prog_name="imds-sim")


if __name__ == "__main__":
    main()
