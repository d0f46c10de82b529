"""The embedded catalog over HTTP: Port's REST surface, the address for deliveries, the pages."""
