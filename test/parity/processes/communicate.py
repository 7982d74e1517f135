import asyncio
from asyncio.subprocess import DEVNULL, PIPE, STDOUT

from support import main, scenario


async def shell(command, input=None, **options):
    child = await asyncio.create_subprocess_shell(command, **options)
    out, err = await child.communicate(input)
    return text(out), text(err), child.returncode


def text(data):
    return None if data is None else data.decode().replace("\n", "/")


ALL = {"stdin": PIPE, "stdout": PIPE, "stderr": PIPE}


@scenario("both outputs and the exit code [SUB-01 SUB-10]")
async def _(print):
    print(*await shell("echo out; echo err >&2; exit 3", **ALL))


@scenario("input reaches stdin, which is closed after it [SUB-10]")
async def _(print):
    print(*await shell("cat; echo end", b"some input ", **ALL))


@scenario("no input and empty input close stdin [SUB-10]")
async def _(print):
    print(*await shell("cat; echo end", **ALL))
    print(*await shell("cat; echo end", b"", **ALL))


@scenario("without pipes there is nothing to give [SUB-10]")
async def _(print):
    print(*await shell("exit 2"))
    print(*await shell("echo out; echo err >&2", stdout=DEVNULL, stderr=DEVNULL))


@scenario("one pipe alone [SUB-10]")
async def _(print):
    print(*await shell("echo out; echo err >&2", stdout=PIPE, stderr=DEVNULL))
    print(*await shell("echo out; echo err >&2", stdout=DEVNULL, stderr=PIPE))
    print(*await shell("cat", b"x", stdin=PIPE, stdout=DEVNULL))


@scenario("stderr goes to stdout in its order [SUB-03]")
async def _(print):
    print(*await shell("echo 1; echo 2 >&2; echo 3; echo 4 >&2", stdout=PIPE, stderr=STDOUT))
    print(*await shell("echo 1; echo 2 >&2", stdout=DEVNULL, stderr=STDOUT))


@scenario("input is ignored where stdin is no pipe [SUB-10]")
async def _(print):
    print(*await shell("cat; echo end", b"ignored", stdin=DEVNULL, stdout=PIPE))


@scenario("a child that does not read its input [SUB-10]")
async def _(print):
    print(*await shell("exit 5", b"x" * 1_000_000, stdin=PIPE, stdout=PIPE))
    print(*await shell("exec 0<&-; sleep 0.05; echo end", b"x" * 1_000_000, stdin=PIPE, stdout=PIPE))


@scenario("a child that closes its outputs and lives on [SUB-10]")
async def _(print):
    print(*await shell("exec >&- 2>&-; sleep 0.05; exit 6", stdout=PIPE, stderr=PIPE))


@scenario("more than the pipes hold, in all directions [SUB-10 SUB-16]")
async def _(print):
    child = await asyncio.create_subprocess_exec(
        "sh", "-c", "head -c 500000 /dev/zero >&2 & cat; wait", stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    out, err = await child.communicate(b"y" * 500_000)
    print(len(out), len(err), child.returncode)


@scenario("every byte comes through [SUB-10]")
async def _(print):
    child = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
    everything = bytes(range(256))
    out, _ = await child.communicate(everything)
    print(out == everything)


@scenario("twice [SUB-10]")
async def _(print):
    child = await asyncio.create_subprocess_shell("cat; exit 4", stdin=PIPE, stdout=PIPE)
    print(text((await child.communicate(b"once"))[0]), child.returncode)
    print(text((await child.communicate())[0]), child.returncode)


@scenario("after some was read [SUB-10]")
async def _(print):
    child = await asyncio.create_subprocess_shell("echo 1; echo 2; echo 3", stdout=PIPE)
    print(text(await child.stdout.readline()))
    print(text((await child.communicate())[0]))


@scenario("several children at once [SUB-10]")
async def _(print):
    results = await asyncio.gather(*[shell(f"echo {n}; exit {n}", stdout=PIPE) for n in range(5)])
    for result in results:
        print(*result)


main()
