import type { EventLoop, TaskFactory } from "../core/event-loop.ts";
import { type Coroutine, Task, type TaskOptions } from "../core/task.ts";

type TaskConstructor = new <T>(
  coroutine: Coroutine<T>,
  options: TaskOptions & { readonly loop: EventLoop },
) => Task<T>;

/**
 * A task factory whose tasks start inside `createTask`, unless told otherwise by `eagerStart: false`.
 *
 * @param taskConstructor - `Task`, or a class of your own that extends it
 *
 * Python: `asyncio.create_eager_task_factory`.
 */
export function createEagerTaskFactory(taskConstructor: TaskConstructor): TaskFactory {
  return (loop, coroutine, options) => new taskConstructor(coroutine, { eagerStart: true, ...options, loop });
}

/**
 * The eager task factory for plain tasks: `loop.setTaskFactory(eagerTaskFactory)`. A task whose function returns or throws at
 * once is done when `createTask` returns; one that returns a promise is not, since an async function cannot finish at once.
 *
 * Python: `asyncio.eager_task_factory`.
 */
export const eagerTaskFactory: TaskFactory = createEagerTaskFactory(Task);
