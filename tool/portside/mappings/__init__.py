"""A delivery to entity changes."""
