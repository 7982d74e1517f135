"""The exception handler of the loop, and what reaches it."""

import asyncio
import contextvars

from outcomes import Boom, attempt, name_of
from support import main, scenario


def fail():
    raise Boom("callback")


@scenario("an error in a callback reaches the handler, and later callbacks run [SCHED-11 ERR-01 ERR-05]")
async def error_in_callback(print):
    loop = asyncio.get_running_loop()

    def handler(loop_of_error, context):
        print("handler", loop_of_error is loop, name_of(context["exception"]), context["handle"] in handles)

    loop.set_exception_handler(handler)
    handles = [loop.call_soon(fail), loop.call_later(0.02, fail)]
    loop.call_soon(print, "next callback")
    loop.call_later(0.04, print, "next timer")
    await asyncio.sleep(0.06)
    print("the task goes on")


@scenario("the handler can be asked for, replaced and taken away; it must be callable [ERR-01 ERR-02]")
async def handler_property(print):
    loop = asyncio.get_running_loop()

    def handler(loop, context):
        print("never")

    print(loop.get_exception_handler())
    loop.set_exception_handler(handler)
    print(loop.get_exception_handler() is handler)
    print(attempt(lambda: loop.set_exception_handler("not callable")))
    print(loop.get_exception_handler() is handler)
    loop.set_exception_handler(None)
    print(loop.get_exception_handler())


@scenario("without a handler, errors go to the default handler of the loop, with the whole context [ERR-03 ERR-04]")
async def default_handler(print):
    loop = asyncio.get_running_loop()
    loop.default_exception_handler = lambda context: print("default", sorted(context))
    error = Boom("reported by hand")
    loop.call_exception_handler({"message": "by hand"})
    loop.call_exception_handler({"message": "by hand", "exception": error})
    loop.call_soon(fail)
    await asyncio.sleep(0)


@scenario("a handler can pass an error on to the default handler [ERR-03]")
async def delegating_handler(print):
    loop = asyncio.get_running_loop()
    loop.default_exception_handler = lambda context: print("default", context["message"])

    def handler(loop_of_error, context):
        print("handler", context["message"])
        if context["message"] != "known":
            loop_of_error.default_exception_handler(context)

    loop.set_exception_handler(handler)
    loop.call_exception_handler({"message": "known"})
    loop.call_exception_handler({"message": "unknown"})


@scenario("a handler that fails is itself reported to the default handler, and the loop goes on [ERR-04]")
async def failing_handler(print):
    loop = asyncio.get_running_loop()
    loop.default_exception_handler = lambda context: print("default", name_of(context["exception"]))

    def handler(loop, context):
        print("handler", name_of(context["exception"]))
        raise TypeError("broken handler")

    loop.set_exception_handler(handler)
    loop.call_soon(fail)
    loop.call_soon(print, "next callback")
    await asyncio.sleep(0)


@scenario("call_exception_handler never raises, even if both handlers fail [ERR-04]")
async def both_handlers_fail(print):
    loop = asyncio.get_running_loop()
    asyncio.log.logger.disabled = True  # the last resort is the log

    def default_handler(context):
        print("default")
        raise Boom("default handler")

    def handler(loop, context):
        print("handler")
        raise Boom("handler")

    loop.default_exception_handler = default_handler
    loop.set_exception_handler(handler)
    loop.call_exception_handler({"message": "by hand"})
    print("still here")
    asyncio.log.logger.disabled = False


@scenario("the handler runs in the context of the callback or the task that failed [ERR-04 CTX-04]")
async def handler_context(print):
    loop = asyncio.get_running_loop()
    var = contextvars.ContextVar("var", default="unset")
    loop.set_exception_handler(lambda loop, context: print("handler sees", var.get()))

    async def failing_task():
        var.set("task")
        raise Boom("task")

    context = contextvars.copy_context()
    context.run(var.set, "callback")
    context.run(loop.call_soon, fail)
    await asyncio.sleep(0)
    task = asyncio.create_task(failing_task())
    await asyncio.wait([task])
    loop.call_exception_handler({"message": "by hand", "task": task})
    loop.call_exception_handler({"message": "by hand"})
    task.exception()


@scenario("an error in a done callback is reported, and the other callbacks run [FUT-09 SCHED-11]")
async def error_in_done_callback(print):
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: print("handler", name_of(context["exception"])))
    future = loop.create_future()
    future.add_done_callback(lambda future: print("first"))
    future.add_done_callback(lambda future: fail())
    future.add_done_callback(lambda future: print("third"))
    future.set_result(None)
    await asyncio.sleep(0)
    print("result", future.result())


@scenario("a failed task that nobody looked at is reported, at the latest when run ends [FUT-13 TASK-31 DBG-05]")
def never_retrieved_task(print):
    async def fail_later(name):
        await asyncio.sleep(0)
        raise Boom(name)

    async def body():
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, context: print("reported", context["exception"].args[0])
        )
        lost = asyncio.create_task(fail_later("lost"))
        asked = asyncio.create_task(fail_later("asked"))
        await asyncio.sleep(0.02)
        print(lost.done(), name_of(asked.exception()))
        print("main ends")

    asyncio.run(body())
    print("run ended")


@scenario("a failed future is reported too, unless its error was fetched or it was cancelled [FUT-04 FUT-08 FUT-13]")
def never_retrieved_future(print):
    async def body():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: print("reported", context["exception"].args[0]))
        fetched, cancelled, lost = loop.create_future(), loop.create_future(), loop.create_future()
        for future, name in ((fetched, "fetched"), (cancelled, "cancelled"), (lost, "lost")):
            future.set_exception(Boom(name))
        print(name_of(fetched.exception()))
        print("cancel", cancelled.cancel())
        print("main ends")

    asyncio.run(body())
    print("run ended")


if __name__ == "__main__":
    main()
