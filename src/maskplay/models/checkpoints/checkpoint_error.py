"""What is wrong with a checkpoint."""


class CheckpointError(ValueError):
    """A checkpoint that is damaged, incomplete, or of another kind than was asked for; the message names the file."""
