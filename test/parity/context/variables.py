"""Context variables: what a task sees, what its callbacks see, and who sees what they change."""

import asyncio
import contextvars

from outcomes import attempt
from support import main, scenario


async def change_to(var, value):
    await asyncio.sleep(0)
    var.set(value)


@scenario("a variable without a value has its default, the caller's, or is refused [CTX-06]")
async def without_value(print):
    bare = contextvars.ContextVar("bare")
    with_default = contextvars.ContextVar("with_default", default="default")
    print(attempt(lambda: bare.get()))
    print(bare.get("fallback"))
    print(with_default.get(), with_default.get("fallback"))
    bare.set("value")
    print(bare.get(), bare.get("fallback"))


@scenario("reset undoes one set, once, and only for its own variable [CTX-06]")
async def reset(print):
    var, other = contextvars.ContextVar("var", default="unset"), contextvars.ContextVar("other")
    first = var.set("first")
    second = var.set("second")
    print(attempt(lambda: other.reset(second)))
    var.reset(second)
    print(var.get())
    print(attempt(lambda: var.reset(second)))
    var.reset(first)
    print(var.get())


@scenario("Context.run changes the variables of that context alone [CTX-06]")
async def context_run(print):
    var = contextvars.ContextVar("var", default="unset")

    def change(value):
        before = var.get()
        var.set(value)
        return before

    context = contextvars.copy_context()
    print(context.run(change, "inside"))
    print(context.run(change, "inside again"))
    print("outside", var.get(), "in the context", context.get(var))
    copy = context.copy()
    copy.run(change, "in the copy")
    print("in the context", context.get(var), "in its copy", copy.get(var))


@scenario("a context knows which variables have a value in it [CTX-06]")
async def has_value(print):
    early, late = contextvars.ContextVar("early"), contextvars.ContextVar("late")
    early.set("early")
    context = contextvars.copy_context()
    late.set("late")
    print(early in context, late in context)
    print(early.get(), late.get())


@scenario("a task works on a copy of the context in which it was created [CTX-01]")
async def copy_per_task(print):
    var = contextvars.ContextVar("var")
    var.set("at creation")

    async def work(name):
        print(name, var.get())
        var.set(name)
        await asyncio.sleep(0)
        print(name, var.get())

    tasks = [asyncio.create_task(work(name)) for name in "ab"]
    var.set("after creation")
    for task in tasks:
        await task
    print("creator", var.get())


@scenario("what a coroutine changes is seen by the task that awaits it, what a task changes is not [CTX-01]")
async def same_task(print):
    var = contextvars.ContextVar("var", default="unset")
    await change_to(var, "by a coroutine")
    print(var.get())
    await asyncio.create_task(change_to(var, "by a task"))
    print(var.get())


@scenario("a task keeps its own values, whoever wakes it [CTX-01]")
async def woken_by_other(print):
    var = contextvars.ContextVar("var", default="unset")
    future = asyncio.Future()

    async def wait():
        var.set("waiter")
        await future
        print("woken", var.get())

    async def wake():
        var.set("waker")
        future.set_result(None)

    tasks = [asyncio.create_task(wait()), asyncio.create_task(wake())]
    for task in tasks:
        await task
    print("creator", var.get())


@scenario("two tasks with context= share that context [CTX-02]")
async def shared_context(print):
    var = contextvars.ContextVar("var", default="unset")
    context = contextvars.copy_context()

    async def change(value):
        before = var.get()
        var.set(value)
        return before

    print(await asyncio.create_task(change("first"), context=context))
    print(await asyncio.create_task(change("second"), context=context))
    print("in the context", context.get(var), "creator", var.get())


@scenario("the context of a task can be looked into [TASK-07]")
async def context_of_task(print):
    var = contextvars.ContextVar("var", default="unset")
    own = contextvars.copy_context()
    task = asyncio.create_task(change_to(var, "changed"))
    with_own = asyncio.create_task(change_to(var, "changed too"), context=own)
    await task
    await with_own
    print(task.get_context().get(var), with_own.get_context() is own, own.get(var))


@scenario("callbacks see the context in which they were scheduled, and change a copy [CTX-02 SCHED-01 SCHED-03]")
async def callbacks(print):
    loop = asyncio.get_running_loop()
    var = contextvars.ContextVar("var")

    def callback(name):
        print(name, var.get())
        var.set("changed by a callback")

    var.set("at scheduling")
    loop.call_soon(callback, "call_soon")
    loop.call_soon_threadsafe(callback, "call_soon_threadsafe")
    loop.call_later(0.02, callback, "call_later")
    loop.call_at(loop.time() + 0.04, callback, "call_at")
    var.set("afterwards")
    await asyncio.sleep(0.06)
    print("creator", var.get())


@scenario("a done callback sees the context in which it was added, not the one of set_result [CTX-02 FUT-09]")
async def done_callbacks(print):
    var = contextvars.ContextVar("var")
    future = asyncio.Future()
    context = contextvars.copy_context()
    context.run(var.set, "other context")
    var.set("when added")
    future.add_done_callback(lambda done: print("first", var.get()))
    context.run(future.add_done_callback, lambda done: print("second", var.get()))
    var.set("when settled")
    future.set_result(None)
    await asyncio.sleep(0)


if __name__ == "__main__":
    main()
