"""Is the catalog right? Each rule takes values and gives Problems."""
