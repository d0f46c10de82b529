"""One expression: what it means."""
