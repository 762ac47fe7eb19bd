"""The HTTP face of the STS: AWS Query in, XML out."""
