"""The Chinese texts, and the tool that keeps them complete (`python3 -m translations.catalog`)."""
