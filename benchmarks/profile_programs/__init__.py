"""Programs that profilers are measured on; the argument says how much they do."""
