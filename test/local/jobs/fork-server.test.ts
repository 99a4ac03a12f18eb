import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ForkConnection } from '#local/jobs/fork-connection.ts';
import { obtainForkServer, socketPath } from '#local/jobs/fork-server.ts';
import { packageHasher } from '#local/jobs/package-hash.ts';
import { isAlive } from '#local/jobs/process.ts';
import { eventually, runs } from './harness.ts';
import { PYTHON, SERVER_OF_LEADER, UNTIL_SIGN, WarmDesk } from './warm-desk.ts';

let desk: WarmDesk;
beforeEach(() => {
  desk = new WarmDesk();
});
afterEach(() => desk.close());

describe('the fork server', () => {
  it('has a socket for its owner only, in a folder for its owner only', async () => {
    const launcher = desk.launcher();
    await (await desk.launch(launcher, '')).exitCode();
    const [socket = ''] = desk.sockets();
    expect(desk.sockets()).toHaveLength(1);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(join(desk.home, 'fork')).mode & 0o777).toBe(0o700);
  });

  it('is adopted by the next launcher, with the jobs it has', async () => {
    const first = desk.launcher();
    const job = await desk.launch(first, UNTIL_SIGN, desk.waiting());
    const server = await desk.onlyServer();
    const next = desk.launcher();
    await (await desk.launch(next, '')).exitCode();
    expect(await desk.onlyServer()).toBe(server);
    desk.giveSign();
    expect(await job.exitCode()).toBe(5);
  });

  it('ends when its launcher is closed, but not before its last job', async () => {
    const launcher = desk.launcher();
    const job = await desk.launch(launcher, UNTIL_SIGN, desk.waiting());
    const server = await desk.onlyServer();
    await launcher.close();
    expect(desk.sockets()).toEqual([]);
    expect(runs(server)).toBe(true);
    expect(isAlive(job.identity)).toBe(true);
    desk.giveSign();
    expect(await job.exitCode()).toBe(5);
    await eventually('the end of the server', () => !runs(server));
    // Closed is closed: what comes now is a fresh process.
    expect(await (await desk.launch(launcher, 'code = 2')).exitCode()).toBe(2);
    expect(desk.servers()).toEqual([]);
  });

  it('ends by itself when whoever started it was killed and nobody came for long', async () => {
    const settings = desk.settings({ idleSeconds: 0.2 });
    const hash = packageHasher(desk.folder, 'agent_forge')();
    const connection = await obtainForkServer(settings, hash, new AbortController().signal);
    const server = await desk.onlyServer();
    // The system closes a killed process's connections; nobody says goodbye.
    connection.close();
    await eventually('its end', () => !runs(server));
    expect(desk.sockets()).toEqual([]);
  });

  it('is replaced when the package changes; the old one ends with its last job', async () => {
    const launcher = desk.launcher();
    const old = await desk.launch(launcher, UNTIL_SIGN, desk.waiting());
    const first = await desk.onlyServer();
    // A touch alone changes nothing.
    utimesSync(desk.module('entrypoint.py'), new Date(0), new Date(0));
    await (await desk.launch(launcher, '')).exitCode();
    expect(await desk.onlyServer()).toBe(first);

    appendFileSync(
      desk.module('entrypoint.py'),
      '\n\nrun_job_before = run_job\n\n\ndef run_job(*args):\n    return 42\n',
    );
    expect(await (await desk.launch(launcher, '')).exitCode()).toBe(42);
    expect(runs(first)).toBe(true);
    desk.giveSign();
    expect(await old.exitCode()).toBe(5);
    await eventually('the hint through the old connection', () => old.told.length === 1);
    await eventually('the end of the old server', () => !runs(first));
    expect(desk.faults).toEqual([]);
  });

  it('of another version that was left behind is retired, and a dead one’s socket is removed', async () => {
    const left = desk.launcher();
    await (await desk.launch(left, '')).exitCode();
    const server = await desk.onlyServer();
    const dead = join(desk.home, 'fork', 'dead.sock');
    await new Promise<void>((done) => {
      const listener = createServer().listen(join(desk.home, 'fork', 'x'), () => {
        execFileSync('cp', ['-a', join(desk.home, 'fork', 'x'), dead]);
        listener.close(() => done());
      });
    });
    appendFileSync(desk.module('entrypoint.py'), '\nCHANGED = True\n');
    await (await desk.launch(desk.launcher(), '')).exitCode();
    await eventually('its end', () => !runs(server));
    await eventually('one socket', () => desk.sockets().length === 1);
    expect(existsSync(dead)).toBe(false);
  });

  it('lies in the system’s folder for temporary files where the home’s path is too long for a socket', async () => {
    const socketDirectory = join(desk.home, 'long'.repeat(30));
    const job = await desk.launch(desk.launcher({ socketDirectory }), SERVER_OF_LEADER);
    await job.exitCode();
    const path = socketPath(desk.settings({ socketDirectory }), packageHasher(desk.folder, 'agent_forge')());
    expect(path.startsWith(desk.home)).toBe(false);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(desk.faults).toEqual([]);
  });
});

describe('a connection', () => {
  it('to something that speaks another language breaks and says so', async () => {
    const path = join(desk.directory, 's');
    const listener = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((done) => listener.listen(path, done));
    const connection = await ForkConnection.open(path);
    await expect(connection.ask({ type: 'ping' }, 5_000)).rejects.toThrow(/is no message/);
    expect(connection.usable).toBe(false);
    await expect(connection.ask({ type: 'ping' }, 5_000)).rejects.toThrow(/is no message/);
    listener.close();
  });

  it('is refused where nobody listens', async () => {
    await expect(ForkConnection.open(join(desk.directory, 'none'))).rejects.toThrow('ENOENT');
  });

  it('on which a request of the wrong shape was sent is given up', async () => {
    await (await desk.launch(desk.launcher(), '')).exitCode();
    const connection = await ForkConnection.open(desk.sockets()[0] ?? '');
    await expect(connection.ask({ type: 'dance' }, 5_000)).rejects.toThrow(/reports: The request has type/);
  });
});

describe('the hash of the package', () => {
  const inPython = (): string =>
    execFileSync(
      PYTHON,
      ['-c', 'from agent_forge.fork_server.command import package_hash; print(package_hash())'],
      { cwd: desk.folder, encoding: 'utf8' },
    ).trim();

  it('is the same in both languages, with requirements and without, and follows every change', () => {
    const hash = packageHasher(desk.folder, 'agent_forge');
    const seen = [hash()];
    expect(seen).toEqual([inPython()]);
    // Names that text and paths order differently.
    mkdirSync(desk.module('act'));
    for (const name of ['act/z.py', 'act.py', 'act-more.py']) writeFileSync(desk.module(name), 'x = 1\n');
    writeFileSync(join(desk.folder, 'requirements.txt'), 'torch\n');
    seen.push(hash());
    expect(seen[1]).toBe(inPython());
    unlinkSync(desk.module('act/z.py'));
    seen.push(hash());
    expect(seen[2]).toBe(inPython());
    expect(new Set(seen).size).toBe(3);
  });
});
