"""The evidence pack: 17 files with a status each, what they may not claim, their hashes and their index."""
