"""Units of work of a Django project, for AEGIS."""
