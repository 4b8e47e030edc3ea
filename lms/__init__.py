"""The apps of the platform. docs/architecture.md shows which may know which."""
