"""Typed, immutable records of something observed, with no judgement in them."""
