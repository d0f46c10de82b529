"""Port's REST operations on the embedded catalog, one module a resource: a Call in, an Answer out."""
