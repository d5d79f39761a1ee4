"""Read what the probes of a run recorded."""
