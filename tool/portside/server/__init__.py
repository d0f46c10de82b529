"""The embedded catalog over HTTP: Port's REST surface, and the addresses for deliveries."""
