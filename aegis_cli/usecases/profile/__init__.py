"""Profile one run of a program."""
