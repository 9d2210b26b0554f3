"""Every test run knows what its machine has: see tests/environment.py."""

pytest_plugins = ["tests.environment"]
