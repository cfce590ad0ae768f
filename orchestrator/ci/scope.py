"""Which functions a run on a pull request looks at: those it changed, and what they call."""

from dataclasses import dataclass, field

from orchestrator.policy.reach import Name, belongs, changed, reached
from orchestrator.survey import Survey
from orchestrator.workspace.repository import Repository
from profiling.model import FunctionKey


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestScope:
    """The scope of one pull request.

    Attributes:
        changed: what it changed, by name: fixes move the lines.
    """

    changed: frozenset[Name]
    _reached: dict[str, frozenset[Name]] = field(default_factory=dict)

    @classmethod
    def between(cls, repository: Repository, merge_base: str, head: str) -> "PullRequestScope":
        """Return the scope of what was changed between two commits."""
        files = [file for file in repository.changed_files(merge_base, head) if file.endswith(".py")]
        before, after = ({file: _text(repository, commit, file) for file in files} for commit in (merge_base, head))
        return cls(changed=changed(before, after))

    def __call__(self, survey: Survey, key: FunctionKey) -> bool:
        """Say whether a fix may be tried at a function."""
        tree = survey.profile.tree_id
        if tree not in self._reached:
            self._reached[tree] = reached(self.changed, survey.paths)
        return belongs(Name(file=key.file, qualname=key.qualname), self._reached[tree])


def _text(repository: Repository, commit: str, file: str) -> str:
    return (repository.file_at(commit, file) or b"").decode("utf-8", errors="replace")
