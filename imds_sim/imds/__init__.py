"""The EC2 instance metadata service."""
