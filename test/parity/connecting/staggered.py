"""staggered_race: who wins, and what becomes of the others."""

import asyncio
from asyncio.staggered import staggered_race

from outcomes import Boom, name_of, outcome
from support import main, scenario


def fails(name, delay=0):
    async def attempt():
        await asyncio.sleep(delay)
        raise Boom(name)

    return attempt


def gives(value, delay=0):
    async def attempt():
        await asyncio.sleep(delay)
        return value

    return attempt


def names(errors):
    return [name_of(error) if error else None for error in errors]


async def race(print, attempts, delay):
    value, index, errors = await staggered_race(attempts, delay)
    print(value, index, names(errors))


@scenario("the first success wins, in turn [WAIT-15]")
async def sequential(print):
    await race(print, [fails("a"), fails("b"), gives("c"), gives("d")], None)
    await race(print, [gives("a"), gives("b")], None)


@scenario("nobody wins [WAIT-15]")
async def losers(print):
    await race(print, [fails("a"), fails("b")], None)
    await race(print, [fails("a"), fails("b")], 0.001)
    await race(print, [], None)
    await race(print, [], 0.001)


@scenario("one that takes too long is overtaken, and cancelled [WAIT-15]")
async def overtaken(print):
    await race(print, [gives("slow", 60), gives("fast")], 0.001)
    await race(print, [gives("slow", 60), fails("a"), gives("slow", 60), gives("fast")], 0.001)


@scenario("a failure starts the next one at once [WAIT-15]")
async def at_once(print):
    await race(print, [fails("a"), fails("b"), gives("c")], 60)


@scenario("a slow one may still win [WAIT-15]")
async def slow(print):
    released = asyncio.Event()

    async def waits():
        await released.wait()
        return "slow"

    async def releases():
        released.set()
        raise Boom("b")

    await race(print, [waits, fails("a"), releases], 0.001)


@scenario("an attempt that cancels itself has failed [WAIT-15]")
async def cancelled(print):
    async def cancels():
        raise asyncio.CancelledError

    await race(print, [cancels, gives("next")], None)


@scenario("cancelling the race cancels the attempts, and waits for them [WAIT-15]")
async def cancelling(print):
    both = asyncio.Event()

    def attempt(name):
        async def run():
            print("started", name)
            if name == "b":
                both.set()
            try:
                await asyncio.sleep(60)
            finally:
                print("ended", name)

        return run

    task = asyncio.create_task(staggered_race([attempt("a"), attempt("b")], 0.001))
    await both.wait()
    task.cancel()
    print(await outcome(task))
    await asyncio.sleep(0)


main()
