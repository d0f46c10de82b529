"""What jq does with values, on Python's; each module one idea, functions.py all of them by name."""
