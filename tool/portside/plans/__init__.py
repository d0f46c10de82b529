"""Two states to ordered steps, and steps onto a catalog."""
