"""Django's own files; nothing but the command line imports them."""
