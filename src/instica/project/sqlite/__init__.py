"""Django's SQLite back end, with writers of one process taking turns."""
