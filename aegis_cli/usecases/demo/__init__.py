"""A small shop with planted faults, for `aegis demo` to diagnose."""
