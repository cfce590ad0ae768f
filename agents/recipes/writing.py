"""How a chosen recipe reads as a proposal, with its ten answers and their evidence."""

from agents.model import Answer, Brief, Checklist, Patch, Proposal
from agents.recipes._base import Card, Choice, Site
from agents.specialists.roster import charge_of

_MAX_SUMMARY = 60


def write(brief: Brief, card: Card, site: Site, choice: Choice, patch: Patch, digest: str) -> Proposal:
    """Return the proposal for one site."""
    return Proposal(
        source=f"recipe:{card.id}",
        domain=card.domain,
        dimension=card.dimension,
        key=site.key,
        summary=_summary(card, site),
        mechanism=card.mechanism,
        patch=patch,
        expected={card.dimension: choice.expected_share},
        risk=card.hazard,
        checklist=_checklist(brief, card, site, choice),
        place_digest=digest,
        needs_approval=card.needs_approval,
    )


def _summary(card: Card, site: Site) -> str:
    """Return the title as part of a commit subject, with the function's name where it fits."""
    title = card.title[0].lower() + card.title[1:]
    name = site.key.qualname.rpartition(".")[2]
    named = title if name == "<module>" else f"{title} in {name}"
    if len(named) <= _MAX_SUMMARY:
        return named
    return title if len(title) <= _MAX_SUMMARY else title[:_MAX_SUMMARY].rpartition(" ")[0]


def _checklist(brief: Brief, card: Card, site: Site, choice: Choice) -> Checklist:
    target, charge = brief.target, charge_of(card.domain)
    domains = ", ".join(domain.value for domain in target.domains) or "none over a threshold"
    kinds = ", ".join(kind.value for kind in target.interactions)
    checked, _, remains = card.hazard.partition("; remains: ")
    licence = f"licence:{card.id} at {site.module}:{site.line}"
    return Checklist(
        domains=Answer(text=domains, evidence=f"profile:cpu_share={target.cpu_share:.3f}"),
        interaction=Answer(text=kinds or "none was detected here", evidence=f"interactions:{len(target.interactions)}"),
        root_cause=Answer(text=f"{card.domain.value}: {charge.causes}", evidence=choice.evidence),
        mechanism=Answer(text=card.mechanism, evidence=card.cost_note),
        other_domains=Answer(text=charge.elsewhere, evidence=f"memory_mib={target.memory_mib:.1f} before the fix"),
        measurement=Answer(
            text=f"paired with the base, every dimension; {card.dimension.value} decides",
            evidence=f"expected: {choice.expected_share:.1%} of the workload's {card.dimension.value}",
        ),
        data_size=Answer(text="as recorded while the workload ran", evidence=choice.evidence),
        exercised=Answer(text="it ran in the profiled workload", evidence=_exercised(brief, site)),
        correctness=Answer(text=checked, evidence=licence),
        production=Answer(text=f"remains: {remains}" if remains else "nothing known remains", evidence=licence),
    )


def _exercised(brief: Brief, site: Site) -> str:
    found = next((function for function in brief.profile.functions if function.key == site.key), None)
    if found is None:
        return f"profile:imports has {site.module}"
    counted = "" if found.calls is None else f" calls={found.calls}"
    return f"profile:samples={found.samples_total}{counted}"
