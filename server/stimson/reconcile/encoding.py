"""Undo wrong decodings: a name that was read in another character set than it was written in."""

import ftfy

# Windows-1251 and KOI8-R text read as Western: ftfy mends UTF-8 that was misread, not these.
_MISREAD = (("cp1252", "cp1251"), ("latin-1", "cp1251"), ("latin-1", "koi8-r"))
_CYRILLIC = range(0x0400, 0x0530)
_MOSTLY = 0.9  # share of letters


def readings(text: str) -> tuple[str, ...]:
    """List what `text` may have been meant to be, itself first."""
    if text.isascii():
        return (text,)
    found = {text: None, ftfy.fix_encoding(text): None}
    for read, written in _MISREAD:
        if (mended := _reread(text, read, written)) is not None:
            found[mended] = None
            break
    return tuple(found)


def _reread(text: str, read: str, written: str) -> str | None:
    """Decode again, and keep the outcome only where it looks like a name in Cyrillic."""
    try:
        mended = text.encode(read).decode(written)
    except UnicodeError:
        return None
    letters = [letter for letter in mended if letter.isalpha()]
    cyrillic = [letter for letter in letters if ord(letter) in _CYRILLIC]
    # The vowels of one language read as another's letters give capitals inside words.
    is_cased = all(word[1:].islower() or word.isupper() for word in mended.split() if word[1:])
    return mended if letters and is_cased and len(cyrillic) >= _MOSTLY * len(letters) else None
