"""The admin API and its blocking client."""
