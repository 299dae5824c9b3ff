"""What constraints of all kinds share."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence, Set

from ..shape_model import Check, Constraint, Evaluation, Pairs, Violation

Test = Callable[[int], bool]
Judge = Callable[[Collection[int]], Set[int]]


class EachValue(Constraint):
    """A constraint that each value node meets or not, whatever the focus node."""

    @abstractmethod
    def _judge(self, evaluation: Evaluation) -> Judge:
        """Make what picks, of some value nodes, those that break the constraint."""

    def bind(self, evaluation: Evaluation) -> Check:
        """Judge each value once, however many nodes have it."""
        judge = self._judge(evaluation)

        def check(pairs: Pairs) -> Iterator[Violation]:
            wrong = judge(dict.fromkeys(value for _, values in pairs for value in values))
            if not wrong:
                return iter(())
            return (
                Violation(focus, value)
                for focus, values in pairs
                for value in values
                if value in wrong
            )

        return check


def one_by_one(test: Test) -> Judge:
    """Judge values by a test for one, each once in a run."""
    known: dict[int, bool] = {}

    def judge(values: Collection[int]) -> Set[int]:
        for value in values:
            if value not in known:
                known[value] = test(value)
        return {value for value in values if not known[value]}

    return judge


class EachFocus(Constraint):
    """A constraint on all value nodes of a focus node together."""

    @abstractmethod
    def _find(self, evaluation: Evaluation) -> Callable[[int, Sequence[int]], Sequence[Violation]]:
        """Make what lists the violations at one focus node."""

    def bind(self, evaluation: Evaluation) -> Check:
        """Look at one focus node after the other."""
        find = self._find(evaluation)

        def check(pairs: Pairs) -> Iterator[Violation]:
            for focus, values in pairs:
                yield from find(focus, values)

        return check
