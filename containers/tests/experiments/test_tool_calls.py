"""E17's arms ask one pair of models, with what nothing was trained on."""

from agent_forge.experiments.tool_calls.experiment import CRITERIA, EXPERIMENT
from agent_forge.experiments.tool_calls.lessons import STRANGE, lesson_of

BUDGET = EXPERIMENT.budgets["ci"]


def measured(name: str) -> dict[str, float]:
    (settings,) = (arm.settings for arm in EXPERIMENT.arms if arm.name == name)
    return EXPERIMENT.trial({**BUDGET, **settings}, 5)


def test_all_arms_share_a_pair_of_models_and_the_held_out_tool_is_not_taught() -> None:
    lesson = lesson_of({**BUDGET, "speaker": "taught", "constrained": True}, 5)
    assert lesson is lesson_of({**BUDGET, "speaker": "router", "constrained": False}, 5)
    assert (len(lesson.known), [tool.name for tool in lesson.strange]) == (7, [STRANGE])
    assert STRANGE not in {tool.name for tool in lesson.known}
    before, after = (model.state_dict() for model in (lesson.before, lesson.after))
    assert any(not weight.equal(after[name]) for name, weight in before.items())


def test_the_bounds_decide_on_the_free_model_and_every_arm_measures_what_it_is_held_to() -> None:
    assert {line.measure for line in EXPERIMENT.lines if line.level == "must" and line.arm == "taught"} == {
        measure for _, _, measure, _, _ in CRITERIA
    }
    for name in ("taught", "router", "unbaked"):
        found = measured(name)
        assert {line.measure for line in EXPERIMENT.lines if line.arm == name} <= set(found)
    assert measured("router")["exact"] > measured("unbaked")["exact"] == 0.0
