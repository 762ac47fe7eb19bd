"""The commands of imds-sim, one file each."""
