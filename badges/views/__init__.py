"""What verifiers fetch, and the files of a credential. No page for people is here; those are in `lms.web`."""
