"""What a person says to a session that runs: kept over an interruption, heeded at the next boundary."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter

from orchestrator import plain
from orchestrator.policy.steering import Course, Word, is_place
from orchestrator.state import Chosen

_COURSE: TypeAdapter[Course] = TypeAdapter(Course)
_LONGEST = 300


class Skipped(Exception):
    """The experiment under way was skipped; its processes were ended, and nothing of it is recorded."""


class NotNow(ValueError):
    """What was said can't be done as things stand; the message says why."""


class Stoppable(Protocol):
    """The processes of one pair of hands."""

    def stop(self) -> None:
        """Kill what runs and refuse new ones."""
        ...

    def go_on(self) -> None:
        """Start new ones again."""
        ...


@dataclass(kw_only=True)
class Turn:
    """What one worker (the lead: without a name) is at; a person may end it.

    Attributes:
        steering: knows what was skipped.
        worker: its name.
        processes: that its experiments run.
        chosen: what is under way; None between experiments.
    """

    steering: "Steering"
    worker: str
    processes: Stoppable
    chosen: Chosen | None = None

    @property
    def is_skipped(self) -> bool:
        """Say whether what is under way was skipped."""
        return self.chosen is not None and self.chosen["place_digest"] in self.steering.course.skipped

    def begin(self, chosen: Chosen | None) -> None:
        """Be at an experiment.

        Raises:
            Skipped: it was skipped before.
        """
        self.chosen = chosen
        if self.is_skipped:
            raise Skipped

    def end(self) -> None:
        """Be between experiments: from here on nothing can be skipped."""
        was_skipped, self.chosen = self.is_skipped, None
        if was_skipped:
            self.processes.go_on()

    def leave(self) -> None:
        """Be gone: a worker that came home."""
        self.chosen = None
        self.steering.turns.pop(self.worker, None)


@dataclass(kw_only=True)
class Steering:
    """Takes what is said, and tells it. It is changed in the session's event loop alone; nodes read it anywhere.

    Attributes:
        course: what was said so far.
        path: where that is kept; None keeps nothing.
        tell: takes how a word is heeded: the word, what it names, the effect.
        turns: who is at what, by worker.
        heard: called after every word.
    """

    course: Course
    path: Path | None = None
    tell: Callable[[Word, str, str], None] = lambda *_: None
    turns: dict[str, Turn] = field(default_factory=dict)
    heard: Callable[[], None] = lambda: None

    @classmethod
    def resumed(cls, session: str, path: Path, tell: Callable[[Word, str, str], None]) -> "Steering":
        """Return the course of a session as it was kept; its pause alone is over, for it was started again."""
        kept = plain.load(_COURSE, path)
        course = replace(kept, is_paused=False) if kept and kept.session == session else Course(session=session)
        return cls(course=course, path=path, tell=tell)

    def turn(self, worker: str, processes: Stoppable) -> Turn:
        """Return the turn of a worker that begins; empty for the lead."""
        self.turns[worker] = Turn(steering=self, worker=worker, processes=processes)
        return self.turns[worker]

    def say(self, word: Word, where: str = "") -> str:
        """Heed one word; return its effect, as it is told.

        Raises:
            NotNow: it can't be heeded as things stand.
        """
        where = " ".join(where.split())
        if len(where) > _LONGEST:
            raise NotNow(f"{len(where)} characters name nothing here; at most {_LONGEST} can")
        effect = self._heeded(word, where)
        self.tell(word, where, effect)
        self.heard()
        return effect

    def missed(self) -> None:
        """Note that nothing is left to try at the focus: it is told once and dropped."""
        focus = self.course.focus
        self._keep(replace(self.course, focus=""))
        self.tell(Word.FOCUS, focus, f"nothing is left to try at {focus}: the best of all comes next")

    def forget(self) -> None:
        """Remove what was kept: the session is over."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _heeded(self, word: Word, where: str) -> str:
        course = self.course
        match word:
            case Word.FOCUS:
                self._keep(replace(course, focus=where))
                return f"{where} comes first, from the next experiment on" if where else "the best of all comes next"
            case Word.SKIP:
                return self._avoided(where) if where and where not in self.turns else self._skipped(where)
            case Word.PAUSE:
                self._keep(replace(course, is_paused=True))
                return "nothing new is begun; what is under way is brought to its end first"
            case Word.CONTINUE:
                if not course.is_paused:
                    raise NotNow("it is not paused")
                self._keep(replace(course, is_paused=False))
                return "goes on"
            case Word.FINISH:
                self._keep(replace(course, is_finishing=True, is_paused=False))
                return "the session ends in order after what is under way: reviewed, measured as a whole, written up"

    def _skipped(self, worker: str) -> str:
        """End what is under way, of one worker or of all."""
        turns = [one for one in self.turns.values() if one.chosen is not None and worker in {"", one.worker}]
        under_way = [(one, one.chosen) for one in turns if one.chosen is not None and not one.is_skipped]
        if not under_way:
            raise NotNow("no experiment is under way just now; name a function or file to leave it alone")
        digests = tuple(chosen["place_digest"] for _, chosen in under_way)
        self._keep(replace(self.course, skipped=(*self.course.skipped, *digests)))
        for turn, _ in under_way:
            turn.processes.stop()
        names = ", ".join(f"{chosen['qualname']} ({chosen['source']})" for _, chosen in under_way)
        return f"{names} is given up and not tried again in this session"

    def _avoided(self, where: str) -> str:
        """Leave a function or file alone, and end what is under way there."""
        avoided = tuple(dict.fromkeys((*self.course.avoided, where)))
        self._keep(replace(self.course, avoided=avoided))
        ended = [self._skipped(worker) for worker in self._workers_at(where)]
        return "; ".join([f"{where} is left alone for the rest of this session", *ended])

    def _workers_at(self, where: str) -> list[str]:
        turns = [(turn, turn.chosen) for turn in self.turns.values() if not turn.is_skipped]
        return [turn.worker for turn, one in turns if one and is_place(one["file"], one["qualname"], where)]

    def _keep(self, course: Course) -> None:
        self.course = course
        if self.path is not None:
            plain.save(_COURSE, course, self.path)


def is_left_alone(course: Course, chosen: Chosen) -> bool:
    """Say whether a person said to leave the function of a fix alone, or skipped the fix itself."""
    avoided = any(is_place(chosen["file"], chosen["qualname"], where) for where in course.avoided)
    return avoided or chosen["place_digest"] in course.skipped
