"""The fork server, with real processes."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_forge.fork_server import claim
from agent_forge.fork_server.command import package_hash
from tests.support.fork_desk import CONTAINERS, START, ForkDesk, Job, eventually, runs
from tests.support.job_room import JobRoom

SLEEP = "import time; print('started', flush=True); time.sleep(60)"
GRANDCHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
"""
WAIT_FOR_CHILD = GRANDCHILD + "child.wait()"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ForkDesk]:
    """A server whose jobs are scripts."""
    own = ForkDesk(tmp_path)
    yield own
    own.close()


def _printed(job: Job) -> str:
    eventually("output", lambda: job.text("stdout").endswith("\n"))
    return job.text("stdout").strip()


def test_a_job_leaves_claim_output_and_exit_record(desk: ForkDesk) -> None:
    # when
    job = desk.launch("import sys; print('out'); print('err', file=sys.stderr); code = 7")
    # then
    assert job.exit_code() == 7
    assert (job.text("stdout"), job.text("stderr")) == ("out\n", "err\n")
    assert job.text("exit") == '{"exitCode":7}\n'
    lines = job.text("claim").splitlines()
    assert lines[0] == str(job.leader)
    assert lines[1] == claim.BOOT_ID.read_text().strip()
    assert lines[2].startswith(f"{job.leader} (")
    assert job.ended() is None
    # and no draft of a file
    assert {path.suffix for path in desk.root.glob("job.*")} == {
        ".py",
        ".stdout",
        ".stderr",
        ".claim",
        ".exit",
    }


def test_the_server_has_one_thread_and_a_socket_for_its_owner_only(desk: ForkDesk) -> None:
    assert stat.S_IMODE(desk.socket_path.stat().st_mode) == 0o600
    assert len(list(Path(f"/proc/{desk.process.pid}/task").iterdir())) == 1
    assert desk.ask("ping", "packageHash") == package_hash()
    assert desk.ask("ping", "pid") == desk.process.pid


def test_a_job_that_was_claimed_already_does_not_run(desk: ForkDesk) -> None:
    # given a runner that has given up this launch
    (desk.root / "job.claim").write_text("given up\n")
    # when it comes all the same
    job = desk.launch("print('ran')")
    # then
    assert job.ended() == 125
    assert (job.text("stdout"), job.text("exit"), job.text("claim")) == ("", "", "given up\n")


HANDLERS = "{str(n): str(signal.getsignal(n)).split(' at ')[0] for n in (1, 2, 3, 13, 15, 17)}"
LOOK_AROUND = f"""
import json, os, sys, signal, tempfile, subprocess
shell = subprocess.run(['/bin/sh', '-c', 'echo $OWN$FROM_SERVER'], capture_output=True, text=True)
print(json.dumps({{
    'env': dict(os.environ), 'shell': shell.stdout, 'cwd': os.getcwd(), 'args': sys.argv[1:],
    'handlers': {HANDLERS},
    'blocked': [int(n) for n in signal.pthread_sigmask(signal.SIG_BLOCK, [])],
    'descriptors': len(os.listdir('/proc/self/fd')), 'stdin': os.readlink('/proc/self/fd/0'),
    'in_session_of_its_parent': os.getsid(0) == os.getpgid(0) == os.getppid(), 'tmp': tempfile.gettempdir(),
}}))
"""


def test_a_job_sees_its_own_environment_and_folder_and_nothing_of_the_server(desk: ForkDesk) -> None:
    # given
    (desk.root / "tmp").mkdir()
    env = {"OWN": "first", "TMPDIR": str(desk.root / "tmp")}
    # when two jobs look around
    job, other = desk.launch(LOOK_AROUND, "one", **env), desk.launch(LOOK_AROUND, "two", OWN="second")
    # then
    assert (job.exit_code(), other.exit_code()) == (0, 0), job.text("stderr")
    seen = json.loads(job.text("stdout"))
    assert seen["env"] == env
    assert (seen["shell"], json.loads(other.text("stdout"))["shell"]) == ("first\n", "second\n")
    assert (seen["cwd"], seen["tmp"]) == (str(desk.root), env["TMPDIR"])
    assert seen["args"] == ["run", "--task", f"file://{desk.root / 'one.py'}"]
    assert seen["in_session_of_its_parent"]
    # and the signals of a fresh interpreter, and no descriptor but the three and the one that lists them
    command = [sys.executable, "-c", f"import json, signal; print(json.dumps({HANDLERS}))"]
    fresh = subprocess.run(command, capture_output=True, text=True, check=True)
    assert seen["handlers"] == json.loads(fresh.stdout)
    assert (seen["blocked"], seen["descriptors"], seen["stdin"]) == ([], 4, "/dev/null")


def test_output_comes_in_the_order_it_was_written(desk: ForkDesk) -> None:
    script = (
        "import os, subprocess, sys\n"
        "for number in range(3):\n"
        "    print('print', number)\n"
        "    sys.stdout.flush()\n"
        "    os.write(1, f'write {number}\\n'.encode())\n"
        "    subprocess.run(['/bin/echo', 'child', str(number)], check=True)\n"
        "sys.stdout.write('no newline at the end')"
    )
    job = desk.launch(script)
    assert job.exit_code() == 0
    expected = [f"{kind} {number}" for number in range(3) for kind in ("print", "write", "child")]
    assert job.text("stdout").splitlines() == [*expected, "no newline at the end"]
    # and a second attempt at the same files appends
    job.path("claim").unlink()
    job.path("exit").unlink()
    assert desk.launch("print('again')").exit_code() == 0
    assert job.text("stdout").endswith("at the endagain\n")


@pytest.mark.parametrize(
    ("script", "code", "said"),
    [
        ("import sys; sys.exit(9)", 9, ""),
        ("import sys; sys.exit()", 0, ""),
        ("import sys; sys.exit('why')", 1, "why\n"),
        ("raise KeyError('gone')", 1, "KeyError: 'gone'"),
        ("raise KeyboardInterrupt", 130, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 137, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", 143, ""),
        ("code = 256 + 3", 3, ""),
    ],
)
def test_a_job_ends_with_the_code_that_a_fresh_process_has(
    desk: ForkDesk, script: str, code: int, said: str
) -> None:
    job = desk.launch(script)
    assert job.exit_code() == code
    assert said in job.text("stderr")


def test_a_working_directory_that_is_not_there_ends_the_job_with_a_reason(desk: ForkDesk) -> None:
    job = Job(desk, "job")
    desk.send({**job.request("print('ran')"), "cwd": "/no/such/folder"})
    assert job.exit_code() == 1
    assert "/no/such/folder" in job.text("stderr")


def test_two_jobs_run_at_the_same_time(desk: ForkDesk) -> None:
    # given two jobs of which each waits for the other
    script = (
        "import os, time\n"
        "open(environment['OWN'], 'w').close()\n"
        "while not os.path.exists(environment['OTHER']): time.sleep(0.005)\n"
    )
    one = desk.launch(script, "one", OWN="a", OTHER="b")
    two = desk.launch(script, "two", OWN="b", OTHER="a")
    # then
    assert (one.exit_code(), two.exit_code()) == (0, 0)


def test_a_signal_to_the_group_ends_job_and_grandchildren_and_is_recorded(desk: ForkDesk) -> None:
    job = desk.launch(WAIT_FOR_CHILD)
    grandchild = int(_printed(job))
    os.killpg(job.leader, signal.SIGTERM)
    assert job.exit_code() == 143
    assert job.ended() is None
    eventually("the end of the grandchild", lambda: not runs(grandchild))


def test_a_job_that_listens_to_sigterm_ends_as_it_wants(desk: ForkDesk) -> None:
    job = desk.launch(
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(75))\n"
        "print('listening', flush=True)\n"
        "signal.pause()"
    )
    assert _printed(job) == "listening"
    os.killpg(job.leader, signal.SIGTERM)
    assert job.exit_code() == 75


def test_what_a_job_leaves_running_is_killed_with_its_end(desk: ForkDesk) -> None:
    job = desk.launch(GRANDCHILD)
    assert job.exit_code() == 0
    eventually("the end of the left-over", lambda: not runs(int(job.text("stdout"))))


def test_a_killed_leader_takes_its_job_along_and_leaves_no_record(desk: ForkDesk) -> None:
    # given
    job = desk.launch("import os; print(os.getpid(), flush=True)\n" + WAIT_FOR_CHILD)
    eventually("two numbers", lambda: job.text("stdout").count("\n") == 2)
    pids = [int(line) for line in job.text("stdout").split()]
    # when
    os.kill(job.leader, signal.SIGKILL)
    # then it is lost, as a job in a fresh process would be
    assert job.ended() is None
    eventually("the end of job and grandchild", lambda: not any(map(runs, pids)))
    assert not job.path("exit").exists()


def test_a_killed_server_disturbs_no_job_and_the_exit_is_recorded(desk: ForkDesk) -> None:
    # given a job that waits for a sign
    job = desk.launch("import os, time\nwhile not os.path.exists('sign'): time.sleep(0.005)\ncode = 5")
    # when
    desk.process.kill()
    desk.process.wait()
    (desk.root / "sign").touch()
    # then
    assert job.exit_code() == 5
    eventually("the end of the leader", lambda: not runs(job.leader))


def test_a_job_does_not_outlive_its_leader_even_without_a_server(desk: ForkDesk) -> None:
    job = desk.launch("import os; print(os.getpid(), flush=True); " + SLEEP)
    eventually("the start", lambda: "started" in job.text("stdout"))
    desk.process.kill()
    desk.process.wait()
    os.kill(job.leader, signal.SIGKILL)
    eventually("the end of the job", lambda: not runs(int(job.text("stdout").split()[0])))


def test_an_exit_record_that_cannot_be_written_is_told_at_least(desk: ForkDesk) -> None:
    job = Job(desk, "job")
    desk.send({**job.request("code = 5"), "exitPath": "/no/such/folder/exit"})
    assert job.ended() == 5


def test_a_launch_whose_files_cannot_be_opened_is_refused_and_the_server_goes_on(desk: ForkDesk) -> None:
    job = Job(desk, "job")
    desk.send({**job.request("print('ran')"), "stdoutPath": "/no/such/folder/out"})
    assert "No such file or directory" in desk.receive(job.number, "error")["error"]
    assert desk.launch("code = 3", "next").exit_code() == 3


def test_a_claim_that_cannot_be_written_ends_the_leader_without_a_run(desk: ForkDesk) -> None:
    job = Job(desk, "job")
    desk.send({**job.request("print('ran')"), "claimPath": "/no/such/folder/claim"})
    assert job.ended() == 125
    assert "/no/such/folder" in job.text("stderr")
    assert job.text("stdout") == ""


def test_a_request_of_the_wrong_shape_is_refused_and_nothing_else_happens(desk: ForkDesk) -> None:
    desk.client.sendall(b"{\n")
    assert "is no JSON" in desk.receive(None, "error")["error"]
    desk.send({"id": 77, "type": "launch", "args": []})
    assert "has members" in desk.receive(None, "error")["error"]
    assert desk.ask("ping", "pid") == desk.process.pid


def test_a_line_without_end_closes_the_connection_and_the_server_stays(desk: ForkDesk) -> None:
    intruder = desk.connect()

    def pour() -> None:
        for _ in range(100):
            intruder.sendall(b"x" * 100_000)

    with pytest.raises(OSError):
        pour()
    assert desk.ask("ping", "pid") == desk.process.pid


def test_a_client_that_goes_away_disturbs_no_job(desk: ForkDesk) -> None:
    job = desk.launch("import os, time\nwhile not os.path.exists('sign'): time.sleep(0.005)\ncode = 5")
    desk.client.shutdown(socket.SHUT_RDWR)
    desk.client = desk.connect()
    assert desk.ask("ping", "pid") == desk.process.pid
    (desk.root / "sign").touch()
    assert job.exit_code() == 5


def test_a_retired_server_leaves_its_name_at_once_and_ends_with_its_last_job(desk: ForkDesk) -> None:
    job = desk.launch("import os, time\nwhile not os.path.exists('sign'): time.sleep(0.005)")
    # when
    assert desk.ask("retire", "retired") is True
    assert desk.ask("retire", "retired") is True
    # then
    assert not desk.socket_path.exists()
    assert desk.process.poll() is None
    (desk.root / "sign").touch()
    assert job.ended() is None
    assert desk.process.wait(30) == 0


def test_an_idle_server_ends_and_removes_its_socket_but_not_while_someone_is_there(tmp_path: Path) -> None:
    desk = ForkDesk(tmp_path, idle_seconds=0.2)
    # given a client that says nothing for longer than the server would stay alone
    with pytest.raises(subprocess.TimeoutExpired):
        desk.process.wait(0.6)
    # when it goes
    desk.client.close()
    # then
    assert desk.process.wait(30) == 0
    assert not desk.socket_path.exists()


def test_a_server_does_not_remove_the_socket_of_its_successor(desk: ForkDesk) -> None:
    # given another server for the same name
    before = desk.socket_path.stat().st_ino
    successor = ForkDesk(desk.root, replaces=before)
    # when the first one ends
    desk.close()
    assert successor.ask("ping", "pid") == successor.process.pid
    successor.close()


def test_jobs_of_a_server_that_is_told_to_stop_go_on(desk: ForkDesk) -> None:
    job = desk.launch("import os, time\nwhile not os.path.exists('sign'): time.sleep(0.005)\ncode = 5")
    desk.process.send_signal(signal.SIGTERM)
    assert desk.process.wait(30) == 0
    assert not desk.socket_path.exists()
    (desk.root / "sign").touch()
    assert job.exit_code() == 5


# Enough text for a tokenizer, a training and a held-out part.
DOCUMENTS = [
    {"id": f"{number}.txt", "text": " ".join(f"word{(number * 7 + at) % 50} and" for at in range(400))}
    for number in range(40)
]
SMALL = {"steps": 4, "warmup_steps": 1}


def test_a_forked_job_gives_the_same_bits_as_a_fresh_process(tmp_path: Path) -> None:
    # given the real server, with everything loaded and still one thread
    desk = ForkDesk(tmp_path, module="agent_forge")
    assert len(list(Path(f"/proc/{desk.process.pid}/task").iterdir())) == 1
    # when the same task runs in both ways
    forked, fresh = JobRoom(tmp_path / "forked"), JobRoom(tmp_path / "fresh")
    tasks = [room.task(inputs=[room.corpus_input(DOCUMENTS)], config=SMALL) for room in (forked, fresh)]
    env = {**START, "PATH": os.environ["PATH"], "AWS_BATCH_JOB_ID": "job-1"}
    job = Job(desk, "job")
    args = ["run", "--task", tasks[0]]
    desk.send({**job.request("", **env), "args": args, "cwd": str(CONTAINERS)})
    command = [sys.executable, "-m", "agent_forge", "run", "--task", tasks[1]]
    subprocess.run(command, cwd=CONTAINERS, env=env, check=True, capture_output=True)
    # then
    assert job.exit_code() == 0, job.text("stderr")
    desk.close()
    properties = [[model["properties"] for model in room.result()["models"]] for room in (forked, fresh)]
    assert properties[0] == properties[1] != []
    files = [room.result()["models"][0]["files"] for room in (forked, fresh)]
    assert [file["sha256"] for file in files[0]] == [file["sha256"] for file in files[1]]
