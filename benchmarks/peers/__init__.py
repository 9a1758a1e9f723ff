"""Kutip side by side with what a programmer would pick instead: same model, passages, questions and threads, one run."""
