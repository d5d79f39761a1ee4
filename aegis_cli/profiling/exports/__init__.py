"""Sampled stacks in the formats that other tools read."""
