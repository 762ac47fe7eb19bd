"""Identities and policies: who there is, and what a policy says of them."""
