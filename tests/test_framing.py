"""What a forked process sends is read in time that grows with its length only."""

import pytest

from stimson.processes.framing import HEADER, READ, WRITTEN, FrameReader, ResponseWriter, Tag


class Channel:
    """Takes what is sent."""

    def __init__(self):
        self.sent = b""

    def sendall(self, data):
        """Take it."""
        self.sent += data


def received(channel):
    """Read frames as the server does."""
    reader = FrameReader()
    for start in range(0, len(channel.sent), READ):
        yield from reader.feed(channel.sent[start : start + READ])


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [b""],
        [b"abc", b"", b"def"],
        [b"x" * WRITTEN],
        [b"x" * (WRITTEN + 1)],
        [b"a", b"x" * (20 * WRITTEN + 5), b"z"],  # one literal, say
        [b"0123456789" * 1000] * 100,
    ],
)
def test_an_answer_comes_whole_in_frames_that_are_soon_read(pieces):
    channel = Channel()
    output = ResponseWriter(channel)
    output.head(b"text/csv")
    for piece in pieces:
        output.write(piece)
    output.end()
    (tag, head), *data, (last, rest) = received(channel)
    assert (tag, head, last, rest) == (Tag.HEAD, b"text/csv", Tag.END, b"")
    assert {tag for tag, _ in data} == {Tag.DATA}
    assert b"".join(body for _, body in data) == b"".join(pieces)
    assert max(HEADER.size + len(body) for _, body in data) <= HEADER.size + WRITTEN
