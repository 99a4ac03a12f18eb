"""Where bytes lie, by URI scheme, and content-addressed blobs on top of it."""
