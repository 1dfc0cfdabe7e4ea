"""PubMed XML without its lists of references: two fifths of its bytes, which no column of ours needs.

They are cut out of the stream before the parser sees them, line ends left in place so that line numbers stay true. What is cut lies
within one record, or the reading stops; from the first comment or CDATA section on, where a tag may be text, nothing is cut.
"""

from __future__ import annotations

from winnow.errors import InputError

_OPEN, _CLOSE = b"<ReferenceList>", b"</ReferenceList>"
_TEXTUAL = b"<!"  # a comment or CDATA; a DOCTYPE too, but only before the first record
_DOCTYPE = b"<!DOCTYPE"
_RECORD_ENDS = b"</Pubmed"
#: A tag may be cut by the end of a block: so many bytes wait for the next one.
_LONGEST = len(_CLOSE)


class WithoutReferences:
    """Takes blocks of a document in order, gives them back without lists of references."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.depth = 0
        self.waiting = b""
        self.cutting = True

    def feed(self, block: bytes) -> bytes:
        """What the parser is to see of the document so far; an empty block ends the document."""
        data = self.waiting + block
        self.waiting = b""
        seen: list[bytes] = []
        start = 0
        while self.cutting:
            at, tag = self._next(data, start)
            if at < 0:
                break
            self._pass(data[start:at], seen)
            if self.cutting:
                self.depth += 1 if tag is _OPEN else -1
                start = at + len(tag)
            else:
                start = at
        end = max(start, len(data) - _LONGEST) if block and self.cutting else len(data)
        self._pass(data[start:end], seen)
        self.waiting = data[end:]
        return b"".join(seen)

    def _next(self, data: bytes, start: int) -> tuple[int, bytes]:
        """The next tag that matters: an opening one, or inside a list whichever comes first."""
        if not self.depth:
            return data.find(_OPEN, start), _OPEN
        closing = data.find(_CLOSE, start)
        nested = data.find(_OPEN, start, closing if closing >= 0 else len(data))
        return (nested, _OPEN) if nested >= 0 else (closing, _CLOSE)

    def _pass(self, piece: bytes, seen: list[bytes]) -> None:
        if not self.depth:
            seen.append(piece)
            if _TEXTUAL in piece and piece.count(_TEXTUAL) > piece.count(_DOCTYPE):
                self.cutting = False
        elif _RECORD_ENDS in piece:
            raise InputError(
                "a list of references does not end with its record", where=self.where, mend="fetch the file again"
            )
        else:
            seen.append(b"\n" * piece.count(b"\n"))
