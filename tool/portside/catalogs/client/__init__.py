"""Port's API over HTTP: who we are, what may be repeated and when, and what an answer says."""
