"""A shop: the project that the plugin is tested with."""
