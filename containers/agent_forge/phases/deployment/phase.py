"""Phase 7, deployment: one model as graphs of several precisions, all measured, one chosen for a target.

Stages: `export` (single) -> `measure` (single) -> `deploy` (reduce). What needs onnx or onnxruntime is
imported when a stage runs: a process that loads all phases must not wait for them.
"""

from agent_forge.phase import PhaseContext
from agent_forge.stages import run_stage


def run(context: PhaseContext) -> None:
    """Do the work of one job of the stage that `context` names.

    Raises:
        ForgeError(validation): unknown stage or target, unusable settings or corpus.
        ForgeError(contract): the input is not one model.
        ForgeError(numeric): a graph says something else than the model.
    """
    run_stage(context, "deployment", {"export": run_export, "measure": run_measure, "deploy": run_deploy})


def run_export(context: PhaseContext) -> None:
    """Let the target change the model, trace it, make the smaller graphs, score all of them."""
    from agent_forge.phases.deployment.exporting import export_model

    export_model(context)


def run_measure(context: PhaseContext) -> None:
    """Time every graph under every load; goes on behind the last point that a checkpoint holds."""
    from agent_forge.phases.deployment.measuring import measure_graphs

    measure_graphs(context)


def run_deploy(context: PhaseContext) -> None:
    """Choose by the target's objective, let it write its files, publish the model with its graph."""
    from agent_forge.phases.deployment.deploying import deploy_model

    deploy_model(context)
