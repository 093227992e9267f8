"""What a marketplace is made of; knows nothing of Django, of a database, or of any feature."""
