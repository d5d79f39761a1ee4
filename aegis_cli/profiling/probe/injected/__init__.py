"""The folder that is put on the path of the program; only `sitecustomize` may stand here."""
