"""What an expression can give, from what its input can be; types.py is the noun."""
