"""Running it: whether it works, its figures, its pages, its engines and its backups."""
