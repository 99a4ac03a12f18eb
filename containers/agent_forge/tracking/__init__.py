"""What a job tells the world while it runs: events on stdout, metric records, the training curve."""
