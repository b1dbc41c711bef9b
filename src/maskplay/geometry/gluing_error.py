"""What the room refuses."""


class GluingError(ValueError):
    """Sheets that cannot be glued, or that are no convex discs; the text says where, by how much, and what would do."""
