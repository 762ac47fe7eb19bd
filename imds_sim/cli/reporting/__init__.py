"""How a command takes every failure: choosing, running, showing, comparing."""
