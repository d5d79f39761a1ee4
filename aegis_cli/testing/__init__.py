"""What tests of rules need, for us and for plugin authors: builders of facts and a case runner."""
