"""What the project configured: found, parsed and checked, with every problem told at once."""
