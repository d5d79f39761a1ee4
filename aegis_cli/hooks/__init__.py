"""How rules, readers, renderers and commands come in, built-in ones and plugins alike."""
