"""Examine a running program: start it with a probe inside, and read what that recorded."""
