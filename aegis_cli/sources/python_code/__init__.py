"""Reads Python source code of an application, without running it."""
