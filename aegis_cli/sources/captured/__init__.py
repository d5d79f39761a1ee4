"""What a program was seen to send to its database, as facts."""
