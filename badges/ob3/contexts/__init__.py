"""JSON-LD contexts, bundled: what the words of a credential mean never depends on the network."""
