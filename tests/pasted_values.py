"""Values as users paste and type them, each with what becomes of it in every kind of field.

The code points are written out here, and not taken from the portal's own table.
"""

# ruff: noqa: RUF001 -- these characters are what the values are about

import unicodedata
from typing import NamedTuple


class Pasted(NamedTuple):
    """A value that came from `source`.

    `text` is what one line of text keeps of it, `lines` long text, and `code` an identifier. `name` and `number` are
    its keys as a name and as an identifier. A date, an amount, a number, a choice, an answer, a country and a search
    are read as if a user had typed `plain` on a plain keyboard.
    """

    source: str
    typed: str
    text: str
    name: str
    number: str
    plain: str
    lines: str | None = None
    code: str | None = None

    @property
    def as_lines(self):
        return self.text if self.lines is None else self.lines

    @property
    def as_code(self):
        return self.text if self.code is None else self.code


def points(hexadecimal):
    return [chr(int(point, 16)) for point in hexadecimal.split()]


# Values of each kind with their keys, into which the characters below are put.
BASES = {
    "15": ("15", "15"),
    "2027-03-27": ("2027 03 27", "20270327"),
    "1234.50": ("1234 50", "123450"),
    "yes": ("yes", "yes"),
    "A": ("a", "a"),
    "GBR": ("gbr", "gbr"),
    "B1234567": ("b1234567", "b1234567"),
    "O'Brien": ("obrien", "obrien"),
}

# These are invisible. Word and email write soft hyphens and word joiners, Excel and calculators marks of direction,
# websites zero-width spaces, chats isolates and tags.
INVISIBLE = points(
    "00AD 061C 200B 200E 200F 202A 202B 202C 202D 202E 2060 2061 2062 2063 2064 2066 2067 2068 2069 206A 206F "
    "FEFF 034F 17B4 FFF9 FFFB FFFC 1D173 E0001 E0067 E007F"
)
ATTACHED = points("200C 200D FE0E FE0F E0100 180B 180E")  # invisible too, but scripts need them within a word
SPACES = points(
    "00A0 1680 2000 2001 2002 2003 2004 2005 2006 2007 2008 2009 200A 202F 205F 3000 2800 3164 115F FFA0 1F"
)
BREAKS = ["\n", "\r\n", "\r", *points("0B 0C 1C 1D 1E 85 2028 2029")]
DASHES = points("2010 2011 2012 2013 2014 2015 2212 FE58 FE63 FF0D 058A 05BE 1806 2043 02D7 301C 2E3A 2796")
APOSTROPHES = points(
    "60 B4 2018 2019 201A 201B 2032 2035 02B9 02BB 02BC 02BD 02BE 02BF 02C8 055A 05F3 07F4 A78C FF07 FF40 275B 275C"
)
QUOTES = points("22 AB BB 201C 201D 201E 201F 2039 203A 2033 FF02 301D 301E")
FULL_STOPS = points("FF0E 3002 FF61 2024 066B 06D4")
ZEROS = points(
    "0660 06F0 07C0 0966 09E6 0A66 0AE6 0B66 0BE6 0C66 0CE6 0D66 0DE6 0E50 0ED0 0F20 1040 17E0 1810 19D0 1B50 A9D0 "
    "ABF0 FF10 1D7CE 1D7EC 1E950"
)


def name_of(sign):
    return unicodedata.name(sign, f"U+{ord(sign):04X}") if len(sign) == 1 else "CARRIAGE RETURN, LINE FEED"


def within(base, sign):
    return f"{sign}{base[:1]}{sign}{base[1:]}{sign}"


def invisible():
    bases = list(BASES)
    for n, sign in enumerate(INVISIBLE):
        base = bases[n % len(bases)]
        yield Pasted(name_of(sign), within(base, sign), base, *BASES[base], base)
    for n, sign in enumerate(ATTACHED):
        base = bases[n]
        inside = f"{base[:1]}{sign}{base[1:]}"
        yield Pasted(f"{name_of(sign)} within", inside, inside, *BASES[base], base, code=base)
        alone = f"{sign} {sign}{base}"
        yield Pasted(f"{name_of(sign)} before", alone, base, *BASES[base], base)


def with_signs():
    for sign in SPACES:
        yield Pasted(name_of(sign), f"{sign}AB{sign}1234{sign}", "AB 1234", "ab1234", "ab1234", "AB 1234")
    for sign in BREAKS:
        typed, text = f"1 Hill{sign}Leeds{sign}", "1 Hill Leeds"
        yield Pasted(name_of(sign), typed, text, "1hillleeds", "1hillleeds", "1 Hill Leeds", lines="1 Hill\nLeeds")
    for sign in DASHES:
        typed = f"2027{sign}03{sign}27"
        yield Pasted(name_of(sign), typed, typed, "2027 03 27", "20270327", "2027-03-27")
    for sign in APOSTROPHES:
        typed = f"O{sign}Brien"
        yield Pasted(name_of(sign), typed, unicodedata.normalize("NFC", typed), "obrien", "obrien", "O'Brien")
    for sign in QUOTES:
        typed = f"{sign}B1234567{sign}"
        yield Pasted(name_of(sign), typed, typed, "b1234567", "b1234567", '"B1234567"')
    for sign in FULL_STOPS:
        typed = f"1234{sign}50"
        yield Pasted(name_of(sign), typed, typed, "1234 50", "123450", "1234.50")
    for zero in ZEROS:
        typed = "".join(chr(ord(zero) + int(figure)) for figure in "2027")
        yield Pasted(name_of(zero), typed, typed, "2027", "2027", "2027")


def names():
    """Yield names whose letters and signs have a base, with their keys as a name and as an identifier."""
    for source, typed, name, number in (
        ("Hausa", "Ɓala Ƙwari Ɗanƴaro", "balakwaridanyaro", "balakwaridanyaro"),
        ("Ewe", "Ŋudzɔ Ɛkuɛ Ƒoli", "ngudzokufoli", "ngudzoekuefoli"),
        ("Yoruba", "Ọláṣẹ́gun", "olasegun", "olasegun"),
        ("Igbo", "Ṅkechị", "nkechi", "nkechi"),
        ("Fula", "Ɲaabu Ɗuudo", "naabuduudo", "naabuduudo"),
        ("Polish", "Wałęsa", "walesa", "walesa"),
        ("Danish", "Søren Kjærgård", "sorenkjargard", "sorenkjaergard"),
        ("Danish, without its letters", "Soeren Kjaergard", "sorenkjargard", "soerenkjaergard"),
        ("Icelandic", "Þórður Ægisson", "thorduragisson", "thorduraegisson"),
        ("German", "Müller-Lüdenscheidt", "mullerludenscheidt", "mullerludenscheidt"),
        ("German, without umlauts", "Mueller Luedenscheidt", "mullerludenscheidt", "muellerluedenscheidt"),
        ("German, decomposed by macOS", "Mu\u0308ller", "muller", "muller"),
        ("German", "Weiß", "weiss", "weiss"),
        ("German, capital", "WEIẞ", "weiss", "weiss"),
        ("French", "L’Œuvre-d’Août", "louvredaout", "loeuvredaout"),
        ("French", "Noël", "nol", "noel"),
        ("Croatian", "Đorđević", "dordevic", "dordevic"),
        ("Maltese", "Ħabib", "habib", "habib"),
        ("Sámi", "Ŧorŋa", "tornga", "tornga"),
        ("Turkish", "IŞIK İnönü", "isikinonu", "isikinonu"),
        ("Turkish", "Yıldırım", "yildirim", "yildirim"),
        ("Azerbaijani", "Əliyev", "eliyev", "eliyev"),
        ("Vietnamese", "Nguyễn Thị Đặng", "nguyenthidang", "nguyenthidang"),
        ("Vietnamese, decomposed", unicodedata.normalize("NFD", "Nguyễn"), "nguyen", "nguyen"),
        ("Catalan", "Gal·la", "galla", "galla"),
        ("Romanian", "Ștefănescu", "stefanescu", "stefanescu"),
        ("Czech", "Dvořáková", "dvorakova", "dvorakova"),
        ("Hungarian", "Őry Győző", "orygyozo", "orygyozo"),
        ("Lithuanian", "Žemaitė", "zemaite", "zemaite"),
        ("Welsh", "Siân Llŷr", "sianllyr", "sianllyr"),
        ("Irish", "Ó Séaghdha", "oseaghdha", "oseaghdha"),
        ("Scottish", "Mac a’ Ghobhainn", "macaghobhainn", "macaghobhainn"),
        ("Dutch", "van der Berg", "vanderberg", "vanderberg"),
        ("Dutch, in one word", "VanderBerg", "vanderberg", "vanderberg"),
        ("Portuguese", "D’Assunção", "dassuncao", "dassuncao"),
        ("Hawaiian", "Kaʻōpūiki", "kaopuiki", "kaopuiki"),
        ("Tongan", "ʻAnau", "anau", "anau"),
        ("Nahuatl", "Ꞌotli", "otli", "otli"),
        ("Afrikaans", "Vʼn ŉ", "vnn", "vnn"),
        ("Uzbek", "Oʻgʻiloy", "ogiloy", "ogiloy"),
        ("Ligatures of a PDF", "Griﬃth-Steﬂe", "griffithstefle", "griffithstefle"),
        ("Full width", "ＴＡＮＡＫＡ", "tanaka", "tanaka"),
        ("Bold letters of a chat", "𝐓𝐚𝐧", "tan", "tan"),
        ("A machine-readable line", "OKONKWO<<CHIDI", "okonkwochidi", "okonkwochidi"),
        ("Initials", "J. R. R. Tolkien", "jrrtolkien", "jrrtolkien"),
        ("A hyphen alone", "-", "-", ""),
        ("A dash of Word alone", "–", "-", ""),
        ("An apostrophe alone", "’", "'", ""),
        ("A full stop alone", ".", ".", ""),
        ("Russian", "Николай", "николаи", "николаи"),
        ("Ukrainian", "Об’єднання", "обєднання", "обєднання"),
        ("Greek", "Παπαδόπουλος", "παπαδοπουλοσ", "παπαδοπουλοσ"),
        ("Chinese", "王小明", "王小明", "王小明"),
        ("Chinese, with a middle dot", "阿不都·热合曼", "阿不都热合曼", "阿不都热合曼"),
        ("Japanese", "ジョー", "ジョー", "ジョー"),
        ("Japanese, half width", "ｼﾞｮｰ", "ジョー", "ジョー"),
        ("Korean", "김민준", "김민준", "김민준"),
        ("Arabic", "محمد", "محمد", "محمد"),
        ("Arabic, stretched", "محـــمد", "محمد", "محمد"),
        ("Hindi", "राम", "राम", "राम"),
        ("Thai", "สมชาย", "สมชาย", "สมชาย"),
        ("Hebrew", "אברהם־כהן", "אברהםכהן", "אברהםכהן"),
    ):
        yield Pasted(source, typed, unicodedata.normalize("NFC", typed), name, number, typed)


def words():
    """Yield words in which joiners and selectors belong, and what chats and sheets add to them."""
    persian, chillu = "می\u200cخواهم", "അവന\u0d4d\u200d"
    yield Pasted("Persian", persian, persian, "میخواهم", "میخواهم", persian, code="میخواهم")
    yield Pasted("Malayalam, old chillu", chillu, chillu, chillu[:-1], chillu[:-1], chillu, code=chillu[:-1])
    bengali = "র\u200d\u09cdযাব"
    yield Pasted("Bengali", bengali, bengali, "র্যাব", "র্যাব", bengali, code="র্যাব")
    hindi = "क्\u200dष"
    yield Pasted("Hindi", hindi, hindi, "क्ष", "क्ष", hindi, code="क्ष")
    japanese = "葛\U000e0100城"
    yield Pasted("Japanese, another form", japanese, japanese, "葛城", "葛城", japanese, code="葛城")
    yield Pasted(
        "Chat, a family", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧", "👨👩👧", "", "👨\u200d👩\u200d👧", code="👨👩👧"
    )
    yield Pasted("Chat, a heart", "❤\ufe0f", "❤\ufe0f", "❤", "", "❤", code="❤")
    yield Pasted("A joiner at the end", "Ali\u200c", "Ali", "ali", "ali", "Ali")
    yield Pasted(
        "Joiners in a row", "می\u200c\u200c\u200cخواهم", persian, "میخواهم", "میخواهم", persian, code="میخواهم"
    )
    yield Pasted("An override around a name", "\u202eNg\u202c", "Ng", "ng", "ng", "Ng")
    yield Pasted("Windows, a date", "\u200e27/\u200e3/\u200e2027", "27/3/2027", "27/3/2027", "2732027", "27/3/2027")
    yield Pasted("WhatsApp, a number", "\u202a1234\u202c", "1234", "1234", "1234", "1234")
    yield Pasted("Arabic, an amount", "١٢٣٤٫٥٠", "١٢٣٤٫٥٠", "1234 50", "123450", "1234.50")
    yield Pasted("Persian, a date", "۲۰۲۷-۰۳-۲۷", "۲۰۲۷-۰۳-۲۷", "2027 03 27", "20270327", "2027-03-27")
    yield Pasted("Bengali, a number", "১৫", "১৫", "15", "15", "15")
    yield Pasted("Full width, an amount", "１２３４．５０", "１２３４．５０", "1234 50", "123450", "1234.50")
    yield Pasted("Full width, a passport", "ＡＢ１２３４５", "ＡＢ１２３４５", "ab12345", "ab12345", "AB12345")
    yield Pasted("Full width, an answer", "ｙｅｓ", "ｙｅｓ", "yes", "yes", "yes")
    yield Pasted("Excel, a cell", "15\r\n", "15", "15", "15", "15")
    yield Pasted("Excel, cells", "AB\t12\r\n", "AB 12", "ab12", "ab12", "AB\t12", lines="AB\t12")
    yield Pasted("Excel, text by an apostrophe", "'0012", "'0012", "0012", "0012", "'0012")
    yield Pasted("Word, a hard space", "1\u00a0234", "1 234", "1 234", "1234", "1 234")
    yield Pasted("Word, a minus", "\u22125", "\u22125", "5", "5", "-5")
    yield Pasted("PDF, hyphenated", "Okon\u00adkwo", "Okonkwo", "okonkwo", "okonkwo", "Okonkwo")
    yield Pasted("A footnote", "15\u00b2", "15\u00b2", "152", "152", "15\u00b2")
    yield Pasted("A fraction", "½", "½", "1⁄2", "12", "½")
    yield Pasted("Numbers that differ", "10-1", "10-1", "10 1", "101", "10-1")
    yield Pasted(
        "Cyrillic in a passport",
        "\u0410\u04121234",
        "\u0410\u04121234",
        "\u0430\u04321234",
        "\u0430\u04321234",
        "\u0410\u04121234",
    )
    yield Pasted("Nothing", "", "", "", "", "")


PASTED = (*invisible(), *with_signs(), *names(), *words())

UNSEEN = [
    *INVISIBLE,
    *ATTACHED,
    *SPACES,
    *BREAKS,
    "\u200d\u200d",
    " \u2060 ",
    "\t",
    "\x07",
    "\ufe0f\u200d",
    "\u3164\u2800",
]
"""Texts in which nothing can be seen."""

FALSE_FRIENDS = (
    ("Michael", "Michał"),
    ("Joel", "Jöl"),
    ("Samuel", "Samul"),
    ("Boer", "Bor"),
    ("Sue", "Su"),
    ("Noe", "No"),
    ("Israel", "Isral"),
    ("Manuel", "Manul"),
    ("Ståle", "Stale"),
    ("Öz", "Oz"),
)
"""Different names with one key: the price of finding Müller by Mueller and by Muller."""

STRANGERS = (
    ("Bauer", "Baur-Ost"),
    ("Lee", "Le"),
    ("Reese", "Rese"),
    ("Maier", "Meier"),
    ("Aaron", "Aron"),
    ("Ng", "Nguyen"),
    ("Иванов", "Ivanov"),
    ("O'Brien", "Brien"),
    ("\u0410nna", "Anna"),  # the first with a Cyrillic letter
)
"""Names that keep two keys."""
