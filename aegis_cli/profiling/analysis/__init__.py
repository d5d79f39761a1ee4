"""Make sense of what the probes recorded."""
