"""How fast the product is, beside others on the same data: `python3 run.py bench`."""
