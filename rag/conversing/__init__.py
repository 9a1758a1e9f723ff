"""Conversations: what a follow-up carries over, what is kept of each turn, and how it is saved."""
