"""Identities from outside: documents of identity providers in, claims out."""
