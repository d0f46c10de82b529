"""One JSON Schema a kind, written by us from what Port's API takes."""
