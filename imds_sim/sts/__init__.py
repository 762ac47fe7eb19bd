"""The Security Token Service: sessions, operations and the HTTP face."""
