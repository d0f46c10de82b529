"""Live catalogs; network and database live here and nowhere else."""
