"""Write Ukrainian and Russian in Latin letters, and any other script as far as that goes.

Ukrainian follows resolution 55 of the Cabinet of Ministers of Ukraine of 27 January 2010,
Russian the BGN/PCGN system of 1947. The systems that differ from them in the same letters
(BGN/PCGN 1965 for Ukrainian, the spellings of newspapers) come to the same once `fold` has
merged what they write differently, which the tests show name by name. No kept library has
the Ukrainian system; anyascii serves for every other script and for accents.
"""

import re
from functools import cache

from anyascii import anyascii

# A letter, and at once what it becomes. The order of the alphabet is that of each language.
_BOTH = "аa бb вv дd еe жzh зz кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch юyu яya ь ъ"  # noqa: RUF001
_UKRAINIAN = f"{_BOTH} гh ґg єye иy іi їyi йi"  # noqa: RUF001
_RUSSIAN = f"{_BOTH} гg ёyo иi йy ыy эe"  # noqa: RUF001
_NO_YO = f"{_RUSSIAN} ёe"  # as printed where the two dots are left out

_CYRILLIC = re.compile("[Ѐ-ӿ]")
_ONLY_UKRAINIAN = re.compile("[іїєґ]")
_ONLY_RUSSIAN = re.compile("[ыэёъ]")
_SOFTENED = re.compile("[ьъ](?=е)")  # noqa: RUF001 (a y is heard: Zaporozhye)


def romanise(text: str, language: str = "") -> tuple[str, ...]:
    """Write lower-case `text` in Latin letters, in each way its letters or `language` allow."""
    if not _CYRILLIC.search(text):
        return (_plain(text),)
    tables = _tables(text, language)
    softened = _SOFTENED.sub("й", text)
    ways = (_plain(softened.translate(_letters(table))) for table in tables)
    return tuple(dict.fromkeys(ways))


def _tables(text: str, language: str) -> list[str]:
    russian = [_RUSSIAN, _NO_YO] if "ё" in text else [_RUSSIAN]
    if language == "uk" or _ONLY_UKRAINIAN.search(text):
        return [_UKRAINIAN]
    if language == "ru" or _ONLY_RUSSIAN.search(text):
        return russian
    return [_UKRAINIAN, *russian]


@cache
def _letters(table: str) -> dict[int, str]:
    return {ord(pair[0]): pair[1:] for pair in table.split()}


def _plain(text: str) -> str:
    return text if text.isascii() else str(anyascii(text)).lower()
