"""PatentDesk: the console of a patent office. `app.factory.create_app` builds it."""
