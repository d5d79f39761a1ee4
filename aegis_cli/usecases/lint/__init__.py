"""What `aegis lint` does, without Typer and Rich."""
