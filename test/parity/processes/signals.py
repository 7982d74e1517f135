import asyncio
import contextvars
import os
import signal

from outcomes import attempt
from support import main, scenario

USR1, USR2 = signal.SIGUSR1, signal.SIGUSR2


def send(number):
    os.kill(os.getpid(), number)


async def settle(seen, count):
    while len(seen) < count:
        await asyncio.sleep(0.001)


@scenario("a handler is called with its arguments, each time [SIG-01]")
async def _(print):
    loop = asyncio.get_running_loop()
    seen = []
    print(loop.add_signal_handler(USR1, lambda *args: seen.append(args), 1, "two"))
    for count in (1, 2):
        send(USR1)
        await settle(seen, count)
    print(len(seen), *seen[0])


@scenario("inside of the loop, in no task [SIG-01]")
async def _(print):
    loop = asyncio.get_running_loop()
    seen = []
    loop.add_signal_handler(
        USR1, lambda: seen.append((asyncio.get_running_loop() is loop, asyncio.current_task()))
    )
    send(USR1)
    await settle(seen, 1)
    print(*seen[0])


@scenario("a second handler replaces the first [SIG-01]")
async def _(print):
    loop = asyncio.get_running_loop()
    seen = []
    loop.add_signal_handler(USR1, seen.append, "first")
    loop.add_signal_handler(USR1, seen.append, "second")
    send(USR1)
    await settle(seen, 1)
    print(*seen)
    print(loop.remove_signal_handler(USR1), loop.remove_signal_handler(USR1))


@scenario("each signal has its own handler [SIG-01 SIG-02]")
async def _(print):
    loop = asyncio.get_running_loop()
    seen = []
    loop.add_signal_handler(USR1, seen.append, "one")
    loop.add_signal_handler(USR2, seen.append, "two")
    send(USR2)
    await settle(seen, 1)
    send(USR1)
    await settle(seen, 2)
    print(*seen, loop.remove_signal_handler(USR1), loop.remove_signal_handler(USR2))


@scenario("what cannot be caught [SIG-01]")
async def _(print):
    loop = asyncio.get_running_loop()
    for number in (signal.SIGKILL, signal.SIGSTOP):
        print(attempt(lambda: loop.add_signal_handler(number, print)))


@scenario("what is no signal [SIG-01 SIG-02]")
async def _(print):
    loop = asyncio.get_running_loop()
    for number in (0, -1, 1000):
        print(attempt(lambda: loop.add_signal_handler(number, print)))
        print(attempt(lambda: loop.remove_signal_handler(number)))
    print(attempt(lambda: loop.add_signal_handler(None, print)))
    print(attempt(lambda: loop.remove_signal_handler(None)))


@scenario("an async function is refused [SIG-01]")
async def _(print):
    loop = asyncio.get_running_loop()

    async def handler():
        pass

    print(attempt(lambda: loop.add_signal_handler(USR1, handler)))
    print(loop.remove_signal_handler(USR1))


@scenario("there is nothing to remove [SIG-02]")
async def _(print):
    loop = asyncio.get_running_loop()
    print(loop.remove_signal_handler(USR1), loop.remove_signal_handler(signal.SIGTERM))


@scenario("in the context that it was made in [SIG-01 CTX-03]")
async def _(print):
    loop = asyncio.get_running_loop()
    user = contextvars.ContextVar("user")
    user.set("ada")
    seen = []
    loop.add_signal_handler(USR1, lambda: seen.append(user.get()))
    user.set("bob")
    send(USR1)
    await settle(seen, 1)
    print(*seen, user.get())


@scenario("what a handler throws is reported, and it stays [SIG-01]")
async def _(print):
    loop = asyncio.get_running_loop()
    seen = []
    loop.set_exception_handler(lambda _, context: seen.append(str(context["exception"])))

    def handler():
        raise Exception("broken")

    loop.add_signal_handler(USR1, handler)
    for count in (1, 2):
        send(USR1)
        await settle(seen, count)
    print(*seen)


@scenario("closing the loop removes them [SIG-03]")
def _(print):
    loop = asyncio.new_event_loop()
    loop.add_signal_handler(USR1, print)
    loop.close()
    print(loop.remove_signal_handler(USR1), attempt(lambda: loop.add_signal_handler(USR1, print)))


main()
