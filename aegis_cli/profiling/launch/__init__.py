"""Start the program as it would run without us, and end as it ends."""
