"""The credentials of every workload: minted by the STS, held, renewed before they expire."""
