"""What can go wrong in a way that a user can mend: the message names the remedy. Raised everywhere, shown as one
sentence by the command line, the page and the routes."""


class ResgenError(Exception):
    """Any of these."""


class RequestError(ResgenError, ValueError):
    """A request that cannot be served; the message tells the user what is wrong and what would be right."""


class CheckpointError(ResgenError, RuntimeError):
    """A model that is missing, damaged or of another kind; the message names the file and the remedy."""


class VariableError(ResgenError, ValueError):
    """An environment variable that cannot be used; the message names the variable and what it may be."""


class DataError(ResgenError, FileNotFoundError):
    """Training data that is not there; the message says how to make it and where to put it."""


class ServeError(ResgenError, RuntimeError):
    """The page cannot be served here; the message says what to do."""
