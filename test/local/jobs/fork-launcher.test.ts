import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isAlive, parseClaim } from '#local/jobs/process.ts';
import { eventually, Harness, runs } from './harness.ts';
import { ENV, PYTHON, SERVER_OF_LEADER, UNTIL_SIGN, WarmDesk } from './warm-desk.ts';

let desk: WarmDesk;
beforeEach(() => {
  desk = new WarmDesk();
});
afterEach(() => desk.close());

describe('a job of the container', () => {
  it('is forked by one server, which is started once however many jobs ask', async () => {
    const launcher = desk.launcher();
    launcher.warmUp();
    const jobs = await Promise.all(
      ['a', 'b', 'c'].map((word) => desk.launch(launcher, `${SERVER_OF_LEADER}print("${word}"); code = 3`)),
    );
    const server = await desk.onlyServer();
    for (const [index, job] of jobs.entries()) {
      expect(await job.exitCode()).toBe(3);
      // The leader's parent is the server.
      expect(job.text('out')).toBe(`${server}\n${'abc'[index]}\n`);
      expect(parseClaim(job.text('claim'))).toEqual(job.identity);
      await eventually('the hint', () => job.told.length === 1);
    }
    expect(desk.faults).toEqual([]);
  });

  it('has only its own variables, in its own working directory', async () => {
    const launcher = desk.launcher();
    const script = 'import json, os; print(json.dumps([dict(os.environ), os.getcwd()]))';
    const [one, two] = await Promise.all([
      desk.launch(launcher, script, { env: { ...ENV, OWN: 'one' } }),
      desk.launch(launcher, script, { env: { ...ENV, OTHER: 'two' } }),
    ]);
    await Promise.all([one.exitCode(), two.exitCode()]);
    expect(JSON.parse(one.text('out'))).toEqual([{ ...ENV, OWN: 'one' }, desk.folder]);
    expect(JSON.parse(two.text('out'))).toEqual([{ ...ENV, OTHER: 'two' }, desk.folder]);
  });

  it('runs the real package, with torch loaded, once and again', async () => {
    const root = resolve(__dirname, '../../..');
    const launcher = desk.launcher({ folder: join(root, 'containers'), startMilliseconds: 60_000 });
    const change = { cwd: join(root, 'containers') };
    // A task that is not there ends a job at once, with the code for that.
    const first = await desk.launch(launcher, '', { ...change, args: missing() });
    const second = await desk.launch(launcher, '', { ...change, args: missing() });
    await eventually('its first line', () => second.text('out') !== '');
    expect([await first.exitCode(), await second.exitCode()]).toEqual([66, 66]);
    expect(desk.faults).toEqual([]);
  }, 90_000);
});

const missing = (): string[] => [
  '-m',
  'agent_forge',
  'run',
  '--task',
  `file://${desk.directory}/missing.json`,
];

describe('everything else', () => {
  const fresh = async (change: object): Promise<void> => {
    const launcher = desk.launcher();
    const job = await desk.launch(launcher, 'code = 4', change);
    expect(await job.exitCode()).toBe(4);
    expect(existsSync(join(desk.home, 'fork'))).toBe(false);
  };

  it('is a fresh process: another program', () => fresh({ file: '/bin/sh', args: ['-c', 'exit 4'] }));
  it('is a fresh process: another command of the package', async () => {
    const job = await desk.launch(desk.launcher(), '', {
      args: ['-m', 'agent_forge', 'properties', '/none'],
    });
    expect(await job.exitCode()).toBe(64);
    expect(existsSync(join(desk.home, 'fork'))).toBe(false);
  });
  it('is a fresh process: a job that wants another hash seed', () =>
    fresh({ env: { ...ENV, PYTHONHASHSEED: '1' } }));
  it('is a fresh process: a job elsewhere', () =>
    fresh({ cwd: '/', env: { ...ENV, PYTHONPATH: desk.folder } }));
});

describe('a runner with this launcher', () => {
  const request = (script: string) => {
    const { args } = desk.request(script);
    return { containerOverrides: { command: args.slice(2) } };
  };
  const harness = () =>
    new Harness({
      launcher: desk.launcher(),
      command: (job) => ({
        file: PYTHON,
        args: ['-m', 'agent_forge', ...(job.container?.command ?? [])],
        env: ENV,
        cwd: desk.folder,
      }),
    });

  it('delivers its lines in order and its exit code', async () => {
    const own = harness();
    const job = await own.run('', request('for n in range(100): print(n)\ncode = 9'));
    expect(job.container?.exitCode).toBe(9);
    expect(own.lines(job.jobId)).toEqual(Array.from({ length: 100 }, (_, n) => String(n)));
    await own.close();
  });

  it('reports a killed job with 137, a killed leader as a lost host', async () => {
    const own = harness();
    const killed = await own.run('', request('import os, signal; os.kill(os.getpid(), signal.SIGKILL)'));
    expect(killed.container?.exitCode).toBe(137);
    expect(killed.attempts[0]?.container.reason).toMatch(/^OutOfMemoryError/);
    const lost = await own.run(
      '',
      request('import os, signal, time; os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)'),
    );
    expect(lost.statusReason).toMatch(/^Host EC2 /);
    await own.close();
  });

  it('terminates a job together with its grandchildren', async () => {
    const own = harness();
    const left = join(desk.directory, 'grandchild');
    const jobId = own.submit(
      '',
      request(
        `import subprocess\nchild = subprocess.Popen(["sleep", "60"])\nopen("${left}", "w").write(str(child.pid))\nchild.wait()`,
      ),
    );
    const pid = (): string => (existsSync(left) ? readFileSync(left, 'utf8') : '');
    await eventually('the grandchild', () => pid() !== '');
    own.runner.terminate(jobId, 'stopped by the user');
    const job = await own.runner.waitFor(jobId);
    expect([job.statusReason, job.container?.exitCode]).toEqual(['stopped by the user', 143]);
    expect(runs(pid())).toBe(false);
    await own.close();
  });

  it('notices the end of a job whose server was killed', async () => {
    const own = harness();
    const jobId = own.submit('', request(UNTIL_SIGN.replace('environment["SIGN"]', `"${desk.sign}"`)));
    await eventually('the start', () => own.lines(jobId).includes('started'));
    process.kill(Number(await desk.onlyServer()), 'SIGKILL');
    desk.giveSign();
    expect((await own.runner.waitFor(jobId)).container?.exitCode).toBe(5);
    await own.close();
  });
});

describe('without a fork server, with one warning, jobs are fresh processes', () => {
  const fallsBack = async (reason: RegExp, options: object = {}): Promise<void> => {
    const launcher = desk.launcher(options);
    launcher.warmUp();
    const jobs = await Promise.all([desk.launch(launcher, 'code = 4'), desk.launch(launcher, 'code = 4')]);
    expect(await Promise.all(jobs.map((job) => job.exitCode()))).toEqual([4, 4]);
    expect(desk.faults).toEqual([expect.stringMatching(reason)]);
    expect(desk.faults[0]).toMatch(/^Jobs start seconds later, in fresh processes/);
  };

  it('when it cannot load', async () => {
    writeFileSync(desk.module('fork_server/preload.py'), 'raise ImportError("broken")\n');
    await fallsBack(/it ended with 70; see .*fork-server\.log/);
  });

  it('when it loads for too long', async () => {
    writeFileSync(desk.module('fork_server/preload.py'), 'import time\ntime.sleep(60)\n');
    await fallsBack(/was not ready after 0\.3 seconds/, { startMilliseconds: 300 });
    await eventually('its end', () => desk.servers().length === 0);
  });

  it('when others could enter the folder of its socket', async () => {
    mkdirSync(join(desk.home, 'fork'), { recursive: true });
    execFileSync('chmod', ['755', join(desk.home, 'fork')]);
    await fallsBack(/must be a directory that belongs to you and has mode 700/);
  });

  it('when there is no such Python', async () => {
    const launcher = desk.launcher({ python: '/no/such/python' });
    const job = await desk.launch(launcher, '', { file: '/no/such/python' });
    expect(await job.exitCode()).toBe(127);
    expect(desk.faults).toEqual([expect.stringMatching(/ENOENT/)]);
  });

  it('when the package cannot be read', async () => {
    const folder = join(desk.directory, 'nothing');
    const job = await desk
      .launch(desk.launcher({ folder }), 'code = 4', {
        cwd: folder,
        file: PYTHON,
      })
      .catch((error: Error) => error.message);
    expect(job).toMatch(/working directory .*nothing/);
    expect(desk.faults).toEqual([expect.stringMatching(/ENOENT/)]);
  });

  it('when closed while it loads', async () => {
    writeFileSync(desk.module('fork_server/preload.py'), 'import time\ntime.sleep(60)\n');
    const launcher = desk.launcher();
    launcher.warmUp();
    await eventually('a server', () => existsSync(join(desk.home, 'logs', 'fork-server.log')));
    await launcher.close();
    expect(desk.faults).toEqual([]);
    await eventually('its end', () => desk.servers().length === 0);
  });
});

describe('a fork server that fails in between', () => {
  it('is started again for the next job after it was killed, but not for ever', async () => {
    const launcher = desk.launcher();
    const seen = new Set<string>();
    for (let start = 0; start < 3; start += 1) {
      const job = await desk.launch(launcher, UNTIL_SIGN, desk.waiting());
      const server = await desk.onlyServer();
      seen.add(server);
      process.kill(Number(server), 'SIGKILL');
      await eventually('the hint that it is gone', () => job.told.length === 1);
      expect(job.told).toEqual([null]);
    }
    expect(seen.size).toBe(3);
    // The fourth time it is given up.
    expect(await (await desk.launch(launcher, 'code = 4')).exitCode()).toBe(4);
    expect(desk.servers()).toEqual([]);
    expect(desk.faults).toHaveLength(1);
    desk.giveSign();
  });

  it('and answers no more costs the job a few moments, and it runs once', async () => {
    const launcher = desk.launcher({ answerMilliseconds: 300 });
    await (await desk.launch(launcher, '')).exitCode();
    const server = await desk.onlyServer();
    process.kill(Number(server), 'SIGSTOP');
    const job = await desk.launch(launcher, 'print("ran"); code = 6');
    expect(await job.exitCode()).toBe(6);
    await eventually('its exit code', () => job.told.length === 1);
    // When it goes on, it reads the request at last, and finds the job taken.
    process.kill(Number(server), 'SIGCONT');
    expect(desk.faults).toEqual([expect.stringMatching(/has not answered for 0\.3 seconds/)]);
    await (await desk.launch(launcher, '')).exitCode();
    expect(job.text('out')).toBe('ran\n');
  });

  it('after it has started the job unheard leaves the job to the one that has the claim', async () => {
    const launcher = desk.launcher({ answerMilliseconds: 300 });
    await (await desk.launch(launcher, '')).exitCode();
    process.kill(Number(await desk.onlyServer()), 'SIGSTOP');
    // The claim of a process that the server started before it fell silent.
    const request = desk.request('print("ran")');
    const claim = execFileSync('/bin/sh', [
      '-c',
      `printf '%s\\n' ${process.pid}; cat /proc/sys/kernel/random/boot_id /proc/${process.pid}/stat`,
    ]);
    writeFileSync(request.claimPath, claim);
    const told: (number | null)[] = [];
    const identity = await launcher.launch(request, (code) => told.push(code));
    expect(identity.pid).toBe(process.pid);
    expect(isAlive(identity)).toBe(true);
    expect(told).toEqual([]);
    expect(existsSync(request.exitPath)).toBe(false);
  });

  it('refuses a request without harm: the job is a fresh process', async () => {
    const launcher = desk.launcher();
    await (await desk.launch(launcher, '')).exitCode();
    const job = await desk.launch(launcher, 'code = 4', { env: { ...ENV, 'NAME=WRONG': 'x' } });
    expect(await job.exitCode()).toBe(4);
    expect(desk.faults).toEqual([expect.stringMatching(/refused: .*has an env/)]);
  });

  it('lets an output file that cannot be opened fail as for a fresh process', async () => {
    const launcher = desk.launcher();
    await (await desk.launch(launcher, '')).exitCode();
    await expect(desk.launch(launcher, '', { stdoutPath: '/no/such/folder/out' })).rejects.toThrow('ENOENT');
  });
});
