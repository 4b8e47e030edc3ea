"""Language models behind one protocol: `base` says what a provider is, each twin beside it is one kind of provider.

`openai_compatible` and what builds on it import a large library; import them where an answer is asked for, not where
a page is drawn.
"""
