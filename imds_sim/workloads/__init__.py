"""The computers that hold credentials, and which of them is asking."""
