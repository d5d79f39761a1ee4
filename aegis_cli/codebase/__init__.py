"""What source code says, without running it: facts per file, links between them, flow."""
