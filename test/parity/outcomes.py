"""The words in which scenarios print errors: the class is the contract, the text never is."""


class Boom(Exception):
    """The error of user code."""


def name_of(error):
    """The class of an error. Misuse has other classes in TypeScript, so both sides call it "refused"."""
    return "refused" if type(error) in (RuntimeError, ValueError, LookupError) else type(error).__name__


def attempt(call):
    """What a call gives: its value, or the name of its error."""
    try:
        return call()
    except BaseException as error:
        return name_of(error)


async def outcome(awaitable):
    """What awaiting gives: the value, or the name of the error."""
    try:
        return await awaitable
    except BaseException as error:
        return name_of(error)
