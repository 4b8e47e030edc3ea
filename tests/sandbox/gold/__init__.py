"""Rated prompts, and how far the rubric agrees with the ratings."""
