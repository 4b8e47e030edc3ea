"""One module per page. A view parses, authorises, calls one selector or service, and renders."""
