"""Did it get faster: two programs run in turns, or two saved reports."""
