"""Pages for administrators, one module for each place in the bar of Manage."""
