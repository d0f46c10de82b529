"""How a jq tree is written as Python; closures.py makes functions of it."""
