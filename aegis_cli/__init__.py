"""AEGIS finds out why a Python backend is slow, proves it, and says what to change."""

__version__ = "0.1.0"
