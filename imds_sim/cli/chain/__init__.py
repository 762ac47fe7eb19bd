"""The standard credential chain, walked without an SDK, and only on this machine."""
