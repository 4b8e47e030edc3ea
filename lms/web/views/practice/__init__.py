"""The practice area: exercises, answers, and what a person keeps. Every address here knows its own person alone."""
