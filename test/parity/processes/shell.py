import asyncio
from asyncio.subprocess import PIPE

from support import main, scenario


async def run_shell(command, **options):
    child = await asyncio.create_subprocess_shell(command, stdout=PIPE, stderr=PIPE, **options)
    out, err = await child.communicate()
    return out.decode().replace("\n", "/"), len(err) > 0, child.returncode


async def run_exec(program, *args):
    child = await asyncio.create_subprocess_exec(program, *args, stdout=PIPE)
    out, _ = await child.communicate()
    return out.decode().replace("\n", "/"), child.returncode


@scenario("pipes, lists and substitutions [SUB-02]")
async def _(print):
    print(*await run_shell("printf 'b\\na\\n' | sort; echo $((1 + 2)) `echo three`"))
    print(*await run_shell("false || echo other; true && echo and"))


@scenario("a program that the shell does not find [SUB-02]")
async def _(print):
    print(*await run_shell("no-such-program"))


@scenario("a command that is no command [SUB-02]")
async def _(print):
    print(*await run_shell("if"))


@scenario("quotes are the shell's [SUB-02]")
async def _(print):
    print(*await run_shell("echo 'a  b' \"c  $A\" d\\ e", env={"A": "x  y"}))


@scenario("arguments need no quotes without a shell [SUB-01]")
async def _(print):
    print(*await run_exec("printf", "[%s]", "a b", "$HOME", "'", '"', "*", "", "\\", ";ls"))


@scenario("several lines [SUB-02]")
async def _(print):
    print(*await run_shell("for n in 1 2 3\ndo echo $n\ndone\nexit 4"))


main()
