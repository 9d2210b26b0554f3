"""Work in the background: a queue in the database, workers that run it, a scheduler that fills it by the clock."""
