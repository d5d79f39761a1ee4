"""Everything that fetches: one package per outside format or system."""
