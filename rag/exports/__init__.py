"""Conversations and answers in the forms other programs read; every quote is checked against its article on the way out."""
