import { spawn, spawnSync } from 'node:child_process';
import { createAlarm } from '#local/jobs/alarm.ts';
import { asError } from '#local/jobs/errors.ts';
import {
  groupExists,
  isAlive,
  parseClaim,
  readIdentity,
  readIdentityFromPs,
  readIfThere,
  signalGroup,
} from '#local/jobs/process.ts';

const gone = (): number => spawnSync('true').pid;

describe('the identity of a process', () => {
  it('is stable while it lives and alive only with the right birth', () => {
    const identity = readIdentity(process.pid);
    expect(identity).toEqual(readIdentity(process.pid));
    expect(identity && isAlive(identity)).toBe(true);
    expect(isAlive({ pid: process.pid, birth: 'another' })).toBe(false);
  });

  it('is not there for a process that ended', () => {
    expect(readIdentity(gone())).toBeUndefined();
    expect(readIdentityFromPs(gone())).toBeUndefined();
  });

  it('is not there for a zombie, which nobody has reaped yet', async () => {
    // The shell becomes a sleep before its child ends; a sleep knows no children, and so never reaps it.
    const shell = spawn('/bin/sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 5'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const pid = Number(await new Promise((resolve) => shell.stdout.once('data', resolve)));
    for (let turn = 0; turn < 200 && readIdentity(pid); turn++) await createAlarm().pause(5);
    const seen = [readIdentity(pid), readIdentityFromPs(pid), groupExists(pid)];
    const listed = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
    shell.kill('SIGKILL');
    expect(seen).toEqual([undefined, undefined, false]);
    expect(listed).toMatch(/^Z/);
  });

  it('can be read by ps where there is no /proc', () => {
    const identity = readIdentityFromPs(process.pid);
    expect(identity).toEqual({
      pid: process.pid,
      birth: expect.stringMatching(/^\w{3} \w{3} \d+ [\d:]+ \d{4}$/),
    });
  });

  it('is what a process claims about itself, with /proc and without', () => {
    const stat = `7 (a) b) ${['S', ...Array.from({ length: 18 }, (_, index) => index), 4711, 0].join(' ')}`;
    expect(parseClaim(`7\nboot\n${stat}\n`)).toEqual({ pid: 7, birth: 'boot:4711' });
    expect(parseClaim('7\n\nMon Jan  5 10:00:00 2026\n')).toEqual({
      pid: 7,
      birth: 'Mon Jan 5 10:00:00 2026',
    });
    expect(parseClaim('given up by a restarted runner\n')).toBeUndefined();
  });
});

describe('signals', () => {
  it('reach no group whose leader is gone or is another process by now', () => {
    expect(signalGroup({ pid: gone(), birth: 'x' }, 'SIGKILL')).toBe(false);
    expect(signalGroup({ pid: process.pid, birth: 'another' }, 'SIGKILL')).toBe(false);
    expect(groupExists(gone())).toBe(false);
  });
});

describe('reading a file that may be missing', () => {
  it('says undefined for a missing file and throws for anything else', () => {
    expect(readIfThere('/no/such/file')).toBeUndefined();
    expect(() => readIfThere('/')).toThrow('EISDIR');
  });
});

describe('an alarm', () => {
  it('rung while nobody pauses cuts the next pause', async () => {
    const alarm = createAlarm();
    alarm.ring();
    const before = performance.now();
    await alarm.pause(60_000);
    expect(performance.now() - before).toBeLessThan(30_000);
  });
});

describe('something thrown', () => {
  it('is always reported as an error', () => {
    const error = new RangeError('x');
    expect(asError(error)).toBe(error);
    expect(asError('text').message).toBe('text');
  });
});
