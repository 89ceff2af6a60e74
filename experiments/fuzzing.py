"""Strange requests: some that no browser sends, some as users paste them, and some as attackers send them.

Values are bytes, because half of them are not valid text. Everything depends only on the given `random.Random`.
"""

import json
import re
from typing import NamedTuple
from urllib.parse import quote_from_bytes

URLENCODED = "application/x-www-form-urlencoded"

NUMBERS = "-1 0 00 2 13 31 99 0000 10000 2147483648 9223372036854775808 1e400 NaN inf 0x1F 1,234.50 £5 ٣ ² ½ 1_000"
WORDS = "yes no on true None null [] {} ' <script>alert(1)</script> {{7*7}} %s%n %(sentence)s ../../etc/passwd C:\\nul"
WORDS += " //evil.example javascript:alert(1) é É ß ﬁ 👩‍👩‍👧 יוסף محمد 张伟 E4G0000000000 B1234567"
TEXTS = ["", " ", "' OR 1=1 --", *NUMBERS.split(), *WORDS.split()]
TEXTS += ["\0", "a\0b", "a\r\nSet-Cookie: b=c", "\t\t", "\u202eevil", "\ufeff", "\u2028", "\x1b[31m", "\x7f"]
TEXTS += ["\ufffe", "\U0010ffff", "e" + "\u0301" * 500, "x=1&y=2;z", "=", "9" * 30, "9" * 5000, "(" * 1000, "[" * 1000]
BYTES = [
    b"\xff",
    b"\xc3\x28",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xed\xa0\xbd\xed\xb8\x80",
    b"\xf4\x90\x80\x80",
]
BYTES += [
    b"\xfe\xff\x00a",
    b"a\xed\xa0\x80b",
]  # bytes that are not UTF-8, among them half surrogates and an overlong NUL
CHARSETS = ("; charset=utf-8", "; charset=utf-16", "; charset=latin-1", "; charset=nonsense")
LENGTHS = (2, 50, 301, 1001, 20_001, 100_000)
NAMES = (b"", b"\0", b"\xed\xa0\x80", b"__proto__", b"family_name[]", b"a" * 5000, b"csrfmiddlewaretoken", b"_method")
METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "BREW", "post", "_")
QUERY = (
    "next",
    "page",
    "rows",
    "marked",
    "p",
    "o",
    "e",
    "all",
    "status",
    "kind",
    "verb",
    "year",
    "draft",
    "version",
    "q",
    "status__exact",
)
QUERY += (
    "at__gte",
    "at__lt",
    "licence__id__exact",
    "owner__password__startswith",
    "id__in",
    "is_active__exact",
    "_popup",
)
HEADERS = ("X-Keep-Draft", "X-Polling", "X-Requested-With", "X-HTTP-Method-Override", "Referer", "Origin", "Accept")
HEADERS += ("Accept-Language", "Accept-Encoding", "User-Agent", "X-Forwarded-For", "X-Forwarded-Host", "X-Request-ID")
HEADERS += ("If-Modified-Since", "If-None-Match", "Range", "Cookie", "Sandbox-Signature", "Event-Signature", "Host")
UNSENDABLE = re.compile(r"[\x00-\x1f\x7f]")  # no server accepts these in a header
BOUNDARY = b"----strange"


class Request(NamedTuple):
    method: str
    address: str
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] | None = None


def value(rng):
    """Return a strange value for a field."""
    kind = rng.random()
    if kind < 0.55:
        return rng.choice(TEXTS).encode("utf-8", "surrogatepass")
    if kind < 0.75:
        return rng.choice(BYTES)
    if kind < 0.9:
        return rng.choice((b"x", b" ", "é".encode(), b"\xed\xa0\x80", b"9", b"\n")) * rng.choice(LENGTHS)
    return rng.randbytes(rng.randrange(200))


def parameters(rng, held, extras):
    """Return the pairs of bytes that a form holds, with some changed, removed and added.

    `extras` are pairs of other names and values.
    """
    sent = [] if rng.random() < 0.1 else list(held)
    for _ in range(rng.choice((0, 0, 0, 0, 1, 1, 2, 5))):
        if sent:
            place = rng.randrange(len(sent))
            sent[place] = (sent[place][0], value(rng))
    if rng.random() < 0.2:
        sent = [pair for pair in sent if rng.random() < 0.8]
    if sent and rng.random() < 0.2:
        sent += [(rng.choice(sent)[0], value(rng)) for _ in range(rng.choice((1, 3, 200)))]
    if rng.random() < 0.6:
        sent += rng.sample(extras, min(len(extras), rng.choice((1, 3, 10, 60))))
    if rng.random() < 0.1:
        sent.append((rng.choice(NAMES), value(rng)))
    if rng.random() < 0.01:
        sent += [(b"x%d" % number, b"") for number in range(600)]
    rng.shuffle(sent)
    return sent


def body(rng, sent):
    """Return the parameters as the body of a request, with its content type: mostly as browsers make them."""
    kind = rng.random()
    if kind < 0.65:
        charset = rng.choice(CHARSETS) if rng.random() < 0.1 else ""
        return urlencoded(sent), URLENCODED + charset
    if kind < 0.85:
        return multipart(rng, sent), f"multipart/form-data; boundary={BOUNDARY.decode()}"
    if kind < 0.9:
        broken = multipart(rng, sent)
        types = ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=other")
        types += (
            "multipart/form-data; boundary=" + "x" * 5000,
            "multipart/form-data; boundary=----strange; charset=\xff",
        )
        return broken[: rng.randrange(len(broken))], rng.choice((types[-1], *types))
    if kind < 0.95:
        text = {name.decode("latin-1"): what.decode("latin-1") for name, what in sent}
        return json.dumps(rng.choice((text, [text], None, "text", 7))).encode(), "application/json"
    return rng.randbytes(rng.choice((0, 10, 5000))), rng.choice(
        ("", "text/plain", "application/xml", "\x01", "a" * 500)
    )


def urlencoded(sent):
    return "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(what)}" for name, what in sent).encode()


def multipart(rng, sent):
    parts = []
    for name, what in sent:
        extra = b'; filename="../a.exe"\r\nContent-Type: text/html' if rng.random() < 0.01 else b""
        extra += b"\r\nContent-Transfer-Encoding: " + rng.choice((b"base64", b"x")) if rng.random() < 0.01 else b""
        safe = name.replace(b"\r", b"").replace(b"\n", b"").replace(b'"', b"")
        parts += [
            b"--",
            BOUNDARY,
            b'\r\nContent-Disposition: form-data; name="',
            safe,
            b'"',
            extra,
            b"\r\n\r\n",
            what,
            b"\r\n",
        ]
    return b"".join([*parts, b"--", BOUNDARY, b"--\r\n"])


def address(rng, path):
    """Return the path, sometimes with a strange query or with a strange value as one of its parts."""
    if rng.random() < 0.06:
        places = path.strip("/").split("/")
        places[rng.randrange(len(places))] = quote_from_bytes(value(rng)[:3000])
        path = "/" + "/".join(places) + "/"
    if rng.random() < 0.25:
        asked = [(rng.choice(QUERY).encode(), value(rng)[:3000]) for _ in range(rng.choice((1, 1, 2, 5)))]
        path += "?" + urlencoded(asked).decode()
    return path


def headers(rng):
    if rng.random() < 0.85:
        return {}
    return {
        name: UNSENDABLE.sub("", value(rng).decode("latin-1")[:8000])
        for name in rng.sample(HEADERS, rng.choice((1, 1, 2, 4)))
    }
