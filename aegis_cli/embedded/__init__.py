"""Throw-away servers for the demo, the planner twin and the tests."""
