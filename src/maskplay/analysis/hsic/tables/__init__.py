"""Tables: which columns depend on which."""
