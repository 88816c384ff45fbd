"""Django's SQLite back end for a file that must be there and is nobody else's to read."""
