"""Files of a project linked: modules, imports and re-exports, classes, models."""
