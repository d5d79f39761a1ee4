"""Look at a program that runs already, from outside and by leave of the system."""
