"""SQL as text: normalized statements, fingerprints, shapes, parameters and comments."""
