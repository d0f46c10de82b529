"""Text in a folder to a state that remembers where it was written, and back."""
