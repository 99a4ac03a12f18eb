"""A job from its task spec to its exit code."""

from tests.support.job_room import JobRoom


def test_a_job_runs_to_a_result_manifest_that_names_models_metrics_and_the_curve(room: JobRoom) -> None:
    # given a task for a phase that walks five steps
    task = room.task(config={"steps": 5, "warmup_steps": 0})
    # when
    done = room.run(task)
    # then
    assert (done.code, done.stderr) == (0, "a library that prints does not disturb the events\n")
    result = room.result()
    assert result["success"] is True
    assert [model["name"] for model in result["models"]] == ["base", "child"]
    assert {metric["name"] for metric in result["metrics"]} == {"walk/start", "walk/norm"}
    assert [artifact["name"] for artifact in result["artifacts"]] == ["metrics.jsonl"]
    assert done.types().count("training_metrics") == 5
