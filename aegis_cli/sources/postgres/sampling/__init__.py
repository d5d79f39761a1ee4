"""Read some rows of a target, on request only, to correct what statistics tell wrongly."""
