"""What the front of the server and a view know of each other, at the same moment."""

import threading

from stimson.engine import Answer
from stimson.engine.threads import PROBE
from stimson.web.server.calls import Call


class Asked:
    """A request which the front lets go of while the view looks whether it is its own."""

    def __init__(self, call):
        self.call = call

    def __ne__(self, other):
        self.front = threading.Thread(target=self.call.release)
        self.front.start()
        self.front.join(0.2)
        return False


def test_an_answer_is_taken_once():
    closed = []
    answer = Answer("text/csv", 0, iter(()), close=lambda: closed.append(True))
    call = Call(None)
    asked = Asked(call)
    call._settled = (asked, answer)
    assert call.settle(PROBE) is answer
    asked.front.join()
    assert closed == []
