"""Texts that try to get out of an expression language, and texts that try to exhaust the machine behind it."""

from typing import Any

_OBJECTS = ["''", "()", "[]", "{}", "0", "1.0", "True", "None", "x", "panjang", "(1,)", "f'{x}'"]
_PATHS = [
    "__class__", "__class__.__base__", "__class__.__mro__[1]", "__class__.__base__.__subclasses__()",
    "__init__.__globals__", "__reduce_ex__(2)", "__dict__",
]  # fmt: skip

ESCAPES = [
    # imports and builtins, in every dress
    "__import__('os').system('id')", "__import__('os')", "__builtins__", "__builtins__['eval']('1')", "globals()",
    "locals()", "vars()", "dir()", "eval('1+1')", "exec('import os')", "compile('1', '', 'eval')", "open('/etc/passwd')",
    "open('/etc/passwd').read()", "input()", "breakpoint()", "help()", "exit()", "quit()", "getattr(x, 'upper')",
    "getattr(x, '__cla' + 'ss__')", "setattr(x, 'a', 1)", "delattr(x, 'a')", "type(x)", "type('X', (), {})", "object()",
    "super()", "memoryview(x)", "print(1)", "id(x)", "hash(x)", "chr(95)", "ord('a')", "str(x)", "repr(x)", "bytes(9)",
    "list(x)", "map(eval, ['1'])", "sorted([1], key=eval)", "filter(eval, x)", "iter(x)", "next(x)", "callable(x)",
    "import os", "from os import system", "os.system('id')", "subprocess.run('id')", "sys.exit()",
    "__loader__.load_module('os')", "__spec__", "__name__", "__file__", "__doc__", "__debug__",
    # attributes
    *[f"{each}.{path}" for each in _OBJECTS for path in _PATHS[:4]],
    "x.format(x)", "'{0.__class__}'.format(x)", "'{x.__class__.__mro__}'.format_map({'x': x})", "x.upper()", "x.__len__()",
    "panjang.__globals__", "panjang.__code__", "panjang.__self__", "kosong.__closure__", "min.__call__",
    "(lambda: 0).__globals__", "(lambda: 0).__code__.co_consts", "x.gi_frame.f_back.f_globals", "x.cr_frame", "x.tb_frame",
    "().__class__.__base__.__subclasses__()[104].load_module('os')",
    "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen'][0]('id')",
    # other grammar
    "lambda: 1", "(lambda x: x)(1)", "[x for x in 'ab']", "(x for x in 'ab')", "{x for x in 'ab'}", "{x: 1 for x in 'ab'}",
    "[[a for a in b] for b in x]", "(y := 1)", "[y := 1, y]", "f'{x}'", "f'{x.__class__}'", "f\"{__import__('os')}\"",
    "x[0]", "x[0:1]", "x[::-1]", "[1][0]", "(yield)", "(yield from x)", "(await x)", "await x", "yield 1", "*x", "[*x]",
    "panjang(*x)", "panjang(**x)", "panjang(x=1)", "{'a': 1}", "{**x}", "{1, 2}", "{}", "...", "x @ x", "x | x", "x & x",
    "x ^ x", "~1", "1 << 2", "1 >> 2", "2 ** 2", "b'a'", "r'a'", "u'a'", "rb'a'", "1j", "0x10", "0b1", "0o7", "1e3", "1_0",
    "x; x", "x\nx", "x = 1", "x += 1", "del x", "assert x", "raise x", "return x", "pass", "if x: x", "while 1: x",
    "for a in x: a", "def g(): 1", "class A: 0", "with x: x", "try: x", "global x", "nonlocal x", "match x:", "@x", "x!",
    "`x`", "x?", "$x", "x -> x", "#", "x # x", "print >>x, 1", "exec 'x'", "<>",
    # hidden characters and other alphabets
    "_", "__", "_x", "x\0", "\0", "\\x5f", "'\\x5f\\x5f'", "'\\u005f'", "'\\N{LOW LINE}'", "＿＿class＿＿", "ｅval('1')",
    "𝓮𝓿𝓪𝓵('1')", "x\u200b", "\u202ex", "ﬁ('1')", "éval", "x\u00a0== 1", "'a\n'", "'''x'''", '"""x"""', "'a' 'b'f'{x}'",
    "\x0cx.y", "x\\\n.y", "\ufeffx.y", "(\n)", "x\u2028x", "#coding: rot13\nx", "x.\u005f\u005fclass__",
    # calls of what is no function
    "x()", "x(1)", "'a'()", "1()", "(panjang)(x)()", "panjang(x)(x)", "(x if x else x)()", "[panjang][0](x)", "True()",
    "panjang", "min", "kosong == panjang", "[min]", "min(min, max)", "(min if x else max)(1, 2)",
    # names the library gives a meaning
    "typename", "typename == 'x'",
    # mismatched shapes
    "(", ")", "[", "]", "([)]", "x)(x", "x) or (x", "1,2", "(1, 2),", "()", ",", "and", "x and", "x if x", "not", "in x",
    "x in", "x is x", "x is 1", "x not", "== 1", "1 ==", "--", "+", "1 + + ", "x x", "'", "\"", "'a", "a'", "1a", "1.a", ".5",
    "1.", "..", "1..2", "x..y", "!x", "x && x", "x || x", "x === 1", "x => 1", "=x", "x=", "${x}", "#{x}", "{{x}}", "<%x%>",
]  # fmt: skip

RESOURCE_ATTACKS = [
    "9" * 900, "9" * 5000, "-" + "9" * 300, "9" * 300 + ".5", "1" + "0" * 16, "999999999999999 * 999999999999999",
    "9**9**9", "2**99999", "10**15 * 10", "1 << 99999", "'a' * 999999999", "[0] * 999999999", "(1,) * 999999999",
    "999999999 * 'a'", "'a' * 2", "'%999999999d' % 1", "'%s' % x", "f'{1:999999999}'", "'a'.ljust(999999999)",
    "range(999999999)", "list(range(999999999))", "sum(range(10**9))", "max(range(10**9))", "[0 for a in range(10**9)]",
    "(" * 500 + "1" + ")" * 500, "[" * 500 + "]" * 500, "(" * 900, "[" * 900, "{" * 900, "[({" * 300, "(" * 21 + "1" + ")" * 21,
    "-" * 900 + "1", "not " * 200 + "x", "+" * 900 + "1", "~" * 900 + "1", "1" + "+1" * 450, "1" + "-1" * 450,
    "x and " * 160 + "x", "x or " * 190 + "x", "1 < " * 200 + "2", "1 if x else " * 80 + "1", "x if x else " * 70 + "1",
    "[" + "1," * 480 + "]", "(" + "1," * 480 + ")", "min(" * 100 + "1" + ",1)" * 100, "panjang(" * 60 + "x" + ")" * 60,
    "a" * 1001, "'" + "a" * 1001 + "'", " " * 1001, "\n" * 1001, "1" * 999 + "a", "'a'" * 330, "x," * 400,
    "lambda: " * 120 + "1", "{" * 500 + "1" + "}" * 500, "f'{" * 100, "a." * 400 + "a", "a[" * 300 + "0" + "]" * 300,
    "(" + "a:=" * 300 + "1)", "**" * 400, "x" + " in x" * 150, "'\\" + "x" * 900, "((((((((((" * 10, "[[[[[[[[[[" * 30 + "1",
    "é" * 900, "\0" * 900, "((" * 400 + "))" * 400, "yield " * 150 + "x", "await " * 150 + "x", "1 if " * 190 + "x",
    "[x for x in " * 70 + "x", "999999999999999 + 999999999999999", "0 - 999999999999999 - 999999999999999",
    "nilai * 999999999999999", "999999999999999 // 0.0000000001", "1 / 0.0000000000000001 * 10", "1 / 0", "1 % 0", "1 // 0",
    "0.1 % 0", "min('a', 'b')", "max(daftar, daftar)", "daftar + daftar", "daftar * 3", "-jenis", "jenis - 1", "jenis < 1",
]  # fmt: skip

_LONG = "a" * 9_000

HEAVY_VALUES: dict[str, tuple[str, dict[str, Any]]] = {
    "a text doubled": ("x + x", {"x": _LONG}),
    "a text grown again and again": (" + ".join(["x"] * 80), {"x": "a" * 500}),
    "a huge number": ("x * x", {"x": 10**4000}),
    "a huge number added": ("x + 1", {"x": 10**4000}),
    "an endless number": ("x * 2", {"x": float("inf")}),
    "no number": ("x // 0.5", {"x": float("inf")}),
    "a list that is no number": ("x - 1", {"x": list(range(100_000))}),
    "an endless number divided": ("x % 3", {"x": float("inf")}),
    "an object that is no value": ("x + 1", {"x": object()}),
    "a function among the values": ("x - 1", {"x": eval}),
}
