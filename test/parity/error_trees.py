"""Errors that hold others, in one line: a group is printed as its members in brackets."""

import asyncio

from outcomes import Boom, name_of


def tree(error):
    """`[Boom a, [TimeoutError]]`"""
    if isinstance(error, BaseExceptionGroup):
        return f"[{', '.join(map(tree, error.exceptions))}]"
    return f"Boom {error}" if isinstance(error, Boom) else name_of(error)


async def outcome(awaitable):
    """What awaiting gives: the value, or the tree of the error."""
    try:
        return await awaitable
    except BaseException as error:
        return tree(error)


async def fail(name, delay=0):
    """Fails after the delay, or after one turn."""
    await asyncio.sleep(delay)
    raise Boom(name)


async def wait_long(print, name):
    """Runs until it is cancelled, and says so."""
    try:
        await asyncio.sleep(60)
    finally:
        print(name, "ends")


async def clean_up(print, name, delay=0.01):
    """Runs until it is cancelled, and then takes its time."""
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(delay)
        print(name, "cleaned up")


async def fail_at_the_end(name):
    """Runs until it is cancelled, and then fails."""
    try:
        await asyncio.sleep(60)
    finally:
        raise Boom(name)
