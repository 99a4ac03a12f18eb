/** Every kind of failure ends with the exit code that scripts rely on, and is told in one way. */
import { exitCodeOf, Interrupted } from '#cli/errors.ts';
import { OUTPUTS } from '#cli/schemas/outputs.ts';
import errors from '#contracts/errors.json' with { type: 'json' };
import { cleanUp, forge, serveHttp } from './cli-harness.ts';

afterAll(cleanUp);

/** Written out, so that a changed number in contracts/errors.json is noticed here. */
const EXIT_CODES: Readonly<Record<keyof typeof errors.kinds, number>> = {
  bug: 1,
  out_of_memory: 1,
  numeric: 1,
  budget: 1,
  lost: 1,
  cancelled: 1,
  validation: 2,
  malformed: 2,
  unsupported_media_type: 2,
  contract: 2,
  precondition_required: 2,
  too_large: 2,
  timeout: 3,
  unauthenticated: 4,
  forbidden: 4,
  misdirected: 4,
  not_found: 5,
  conflict: 6,
  precondition_failed: 6,
  dependency: 7,
  disk_full: 7,
  preempted: 7,
  limit: 7,
  corrupt: 8,
};

/** A server that refuses everything in this way. */
function refusing(kind: keyof typeof errors.kinds): Promise<string> {
  const { http } = errors.kinds[kind];
  const problem = { title: 'odd', status: http, detail: 'what was wrong', kind, hint: 'what to do' };
  return serveHttp((request, response) => {
    request.resume();
    response.writeHead(http, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify(problem));
  });
}

describe('exit codes', () => {
  it('are decided for every kind of error that there is', () => {
    expect(Object.keys(EXIT_CODES).sort()).toEqual(Object.keys(errors.kinds).sort());
  });

  it.each(Object.entries(EXIT_CODES))('a failure of the kind %s ends with %i', async (name, code) => {
    const kind = name as keyof typeof errors.kinds;
    // POST: what is not repeatable is not tried again, so nothing is waited for.
    const argv = ['gc', '--yes', '--endpoint', await refusing(kind)];
    const plain = await forge(argv);
    expect(plain).toEqual({
      exitCode: code,
      stdout: '',
      stderr: 'error: what was wrong\n  what to do\n',
    });
    const { exitCode, stdout, stderr } = await forge([...argv, '--json']);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
    const told = JSON.parse(stderr);
    expect(told).toMatchObject({ error: { kind, message: 'what was wrong', exit: code } });
    expect(OUTPUTS.error?.safeParse(told).error).toBeUndefined();
  });

  it('an interruption ends with 130, a defect of our own with 1', () => {
    expect(exitCodeOf(new Interrupted())).toBe(130);
    expect(exitCodeOf(new TypeError('x is not a function'))).toBe(1);
  });
});
