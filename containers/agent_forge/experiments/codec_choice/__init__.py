"""E18: codecs against rounding, and a mixture of them against the best one alone."""
