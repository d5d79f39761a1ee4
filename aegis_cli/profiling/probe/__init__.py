"""What runs inside the program that is examined: standard library only, and loaded file by file."""
