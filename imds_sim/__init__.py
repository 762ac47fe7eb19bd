"""Simulates the credentials experience of AWS compute: IMDS, container credentials, STS."""
