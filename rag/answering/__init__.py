"""From ranked passages to an answer: quotes, their best sentence, or an honest no."""
