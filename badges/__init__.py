"""Credentials that mean something: achievements, rules, awards, and the files that anyone can verify."""
