"""The nouns; frozen; standard library only."""
