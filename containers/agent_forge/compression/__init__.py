"""Which codec each tensor of a model gets: what it costs in bytes and in loss, measured, and the choice."""
