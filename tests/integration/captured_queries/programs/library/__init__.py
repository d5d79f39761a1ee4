"""An application of Django: authors, their profiles, their books and what those are about."""
