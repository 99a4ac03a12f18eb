"""Messages of other vehicles: their form, what they may say, and whether those of a sender fit together."""
