"""The same table by other means: by hand, in Django's admin, in Flask-Admin."""
