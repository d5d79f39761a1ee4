"""Built-in bundles of detectors, one per kind of fact; bundles do not know each other."""
