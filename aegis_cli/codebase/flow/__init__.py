"""What values flow through a project: querysets, rows, and what a loop pays per row."""
