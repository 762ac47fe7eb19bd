"""Faults: what can go wrong, as data; which requests it hits; what is armed now."""
