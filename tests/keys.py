"""Private keys that tests share: an RSA key takes longer to make than most tests."""

from imds_sim.kernel.keys import ProcessKeys

KEYS = ProcessKeys()
