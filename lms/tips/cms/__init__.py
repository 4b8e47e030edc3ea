"""Tips in the CMS: how they are listed, edited, looked at, and what became of them."""
