from dataclasses import replace

from orchestrator.policy.claims import Finding, claimed_dimension, verify
from profiling.comparison import Decision
from profiling.model import Dimension
from tests.fakes.experiments import compared, measured


def test_a_gain_that_is_proved_again_holds() -> None:
    assert verify(compared(0.8, width=0.04), measured(0.81, width=0.04)).finding is Finding.HOLDS


def test_a_gain_beyond_both_uncertainties_smaller_still_stands_and_is_said() -> None:
    found = verify(compared(0.5, width=0.02), measured(0.8, width=0.02)).finding
    assert found is Finding.SMALLER
    assert found.stands


def test_no_gain_refutes_the_claim() -> None:
    again = measured(1.0, width=0.02)
    again = replace(again, comparisons={Dimension.CPU_S: replace(compared(1.0), improved=False)})
    found = verify(compared(0.8), again).finding
    assert found is Finding.REFUTED
    assert not found.stands


def test_an_undecided_measurement_neither_holds_nor_refutes() -> None:
    again = measured(0.98, decision=Decision.UNDECIDED)
    again = replace(again, comparisons={Dimension.CPU_S: replace(compared(0.98), improved=False)})
    assert verify(compared(0.8), again).finding is Finding.UNDECIDED


def test_a_dimension_that_was_not_seen_again_was_not_measured() -> None:
    assert verify(compared(0.8, dimension=Dimension.THROUGHPUT), measured(0.8)).finding is Finding.UNMEASURED


def test_what_a_keep_was_meant_for_is_its_claim_else_what_it_found_better() -> None:
    better = {Dimension.CPU_S: compared(0.8), Dimension.IMPORT_S: compared(0.5, dimension=Dimension.IMPORT_S)}
    assert claimed_dimension(Dimension.IMPORT_S, better) is Dimension.IMPORT_S
    assert claimed_dimension(Dimension.PEAK_MIB, better) is Dimension.CPU_S
    assert claimed_dimension(Dimension.CPU_S, {Dimension.CPU_S: compared(1.1)}) is None
