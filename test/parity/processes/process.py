import asyncio
import os
import signal
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, STDOUT

from outcomes import attempt, outcome
from support import main, scenario

exec_ = asyncio.create_subprocess_exec
shell = asyncio.create_subprocess_shell


@scenario("the returncode is None until the end [SUB-07 SUB-08]")
async def _(print):
    child = await exec_("cat", stdin=PIPE)
    print(child.returncode, child.pid > 0)
    child.stdin.close()
    print(await child.wait(), child.returncode)


@scenario("exit codes [SUB-08]")
async def _(print):
    for code in (0, 1, 42, 127, 255, 256):
        child = await shell(f"exit {code}" if code < 256 else "(exit 256) 2>/dev/null; exit 0")
        print(await child.wait())


@scenario("the number of the signal that ended it [SUB-08 SUB-11]")
async def _(print):
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGUSR1, signal.SIGTERM, signal.SIGKILL):
        child = await exec_("sleep", "1000")
        child.send_signal(number)
        print(await child.wait())


@scenario("terminate and kill [SUB-11]")
async def _(print):
    child = await exec_("sleep", "1000")
    child.terminate()
    print(await child.wait())
    child = await exec_("sleep", "1000")
    child.kill()
    print(await child.wait())


@scenario("a child ends itself by a signal [SUB-08]")
async def _(print):
    child = await shell("kill -USR2 $$")
    print(await child.wait())


@scenario("signals after the end [SUB-11]")
async def _(print):
    child = await exec_("true")
    print(await child.wait())
    await asyncio.sleep(0)
    print(attempt(child.terminate), attempt(child.kill), attempt(lambda: child.send_signal(0)))


@scenario("signal 0 only asks [SUB-11]")
async def _(print):
    child = await exec_("cat", stdin=PIPE)
    print(child.send_signal(0), child.returncode)
    child.stdin.close()
    print(await child.wait())


@scenario("a child that catches SIGTERM [SUB-11]")
async def _(print):
    child = await shell("trap 'exit 9' TERM; echo ready; while :; do sleep 0.01; done", stdout=PIPE)
    await child.stdout.readline()
    child.terminate()
    print(await child.wait())


@scenario("a child that ignores SIGTERM is killed [SUB-11]")
async def _(print):
    child = await shell("trap '' TERM; echo ready; exec sleep 1000", stdout=PIPE)
    await child.stdout.readline()
    child.terminate()
    print(await outcome(asyncio.wait_for(child.wait(), 0.05)), child.returncode)
    child.kill()
    print(await child.wait())


@scenario("many wait for one [SUB-09]")
async def _(print):
    child = await shell("sleep 0.02; exit 7")
    print(*await asyncio.gather(child.wait(), child.wait(), child.wait()))
    print(await child.wait())


@scenario("a cancelled wait leaves the child alone [SUB-09]")
async def _(print):
    child = await exec_("sleep", "1000")
    waiting = asyncio.create_task(child.wait())
    await asyncio.sleep(0)
    waiting.cancel()
    print(await outcome(waiting), child.returncode)
    child.kill()
    print(await child.wait())


@scenario("streams are None unless they are pipes [SUB-07]")
async def _(print):
    child = await exec_("true", stdin=DEVNULL, stdout=DEVNULL, stderr=STDOUT)
    print(child.stdin, child.stdout, child.stderr)
    await child.wait()
    child = await exec_("true", stdin=PIPE, stdout=PIPE, stderr=PIPE)
    print(child.stdin is None, child.stdout is None, child.stderr is None)
    await child.communicate()


@scenario("what cannot be started [SUB-01]")
async def _(print):
    print(await outcome(exec_("no-such-program")))
    print(await outcome(exec_("/no/such/program")))
    print(await outcome(exec_("/etc/passwd")))
    print(await outcome(exec_("true", cwd="/no/such/directory")))
    print(await outcome(exec_("no-such-program", stdin=PIPE, stdout=PIPE, stderr=STDOUT)))


@scenario("options that are refused [SUB-06]")
async def _(print):
    print(await outcome(exec_("true", universal_newlines=True)))
    print(await outcome(exec_("true", text=True)))
    print(await outcome(exec_("true", encoding="utf-8")))
    print(await outcome(exec_("true", errors="strict")))
    print(await outcome(exec_("true", bufsize=4096)))
    print(await outcome(exec_("true", shell=True)))
    print(await outcome(shell("true", shell=False)))


@scenario("lines up to the limit [SUB-04]")
async def _(print):
    child = await shell("echo 12345; echo 1234567890123; echo 123", stdout=PIPE, limit=10)
    for _ in range(3):
        line = await outcome(child.stdout.readline())
        print(line if isinstance(line, str) else line.decode().strip())
    await child.communicate()


@scenario("a conversation [SUB-01]")
async def _(print):
    child = await exec_("cat", stdin=PIPE, stdout=PIPE)
    for line in (b"one\n", b"two\n"):
        child.stdin.write(line)
        await child.stdin.drain()
        print((await child.stdout.readline()).decode().strip())
    child.stdin.close()
    await child.stdin.wait_closed()
    print(len(await child.stdout.read()), await child.wait())


@scenario("stdin of a child that has ended [SUB-16 SUB-18]")
async def _(print):
    child = await exec_("true", stdin=PIPE)
    print(await child.wait())
    await asyncio.sleep(0.01)
    print(child.stdin.is_closing())


@scenario("where and how it starts [SUB-05]")
async def _(print):
    child = await exec_("pwd", stdout=PIPE, cwd="/usr")
    print((await child.communicate())[0].decode().strip())
    child = await shell("echo $A-$B-$HOME", stdout=PIPE, env={"A": "1", "B": "two words"})
    print((await child.communicate())[0].decode().strip())


@scenario("a session of its own [SUB-05]")
async def _(print):
    child = await exec_("cat", "/proc/self/stat", stdout=PIPE, start_new_session=True)
    fields = (await child.communicate())[0].decode().rpartition(")")[2].split()
    print(int(fields[3]) == child.pid)


@scenario("descriptors as streams [SUB-03]")
async def _(print):
    with tempfile.TemporaryFile() as file:
        child = await shell("echo out; echo err >&2", stdout=file.fileno(), stderr=STDOUT)
        print(await child.wait())
        file.seek(0)
        print(file.read().decode().replace("\n", "/"))


@scenario("how it looks [SUB-21]")
async def _(print):
    child = await exec_("true")
    print(repr(child).replace(str(child.pid), "N"))
    await child.wait()


@scenario("cancelled at once [SUB-17]")
async def _(print):
    for turns in range(3):
        task = asyncio.create_task(exec_("sleep", "1000", stdin=PIPE, stdout=PIPE))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        result = await outcome(task)
        if not isinstance(result, str):
            result.kill()
            await result.wait()
            result = "CancelledError"
        print(result)


main()
