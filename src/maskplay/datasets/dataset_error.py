"""The one exception that a faulty dataset file raises."""


class DatasetError(ValueError):
    """A dataset file cannot be read as it is; the message names the file, the place and what was expected."""
