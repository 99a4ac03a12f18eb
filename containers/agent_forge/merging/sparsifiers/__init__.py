"""What is left of a task vector: one file per way of choosing its entries."""
