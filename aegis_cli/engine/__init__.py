"""The engine: walks facts once, lets every detector listen, and gathers what they say."""
