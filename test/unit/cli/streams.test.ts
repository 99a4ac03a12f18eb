/** Who reads what: data on stdout, everything else on stderr, colours and redrawing for people at a terminal only. */
import { readdirSync } from 'node:fs';
import { createConsole } from '#cli/output/console.ts';
import { createProgressBoard } from '#cli/output/progress-board.ts';
import { cleanUp, forge, freshFolder, recordingIo, type Surroundings } from './cli-harness.ts';
import { eventOf, progressOf } from './event-samples.ts';

afterAll(cleanUp);

const ESCAPE = '\u001b[';

describe('colours', () => {
  // A folder where much is missing: there is something to paint, and nothing that takes time.
  const root = freshFolder();
  const doctor = (surroundings: Surroundings, ...flags: readonly string[]) =>
    forge(['doctor', ...flags], { root, ...surroundings });

  it('are for a terminal', async () => {
    expect((await doctor({ tty: true })).stdout).toContain(`${ESCAPE}31mfail`);
    expect((await doctor({ tty: false })).stdout).not.toContain(ESCAPE);
  });

  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }, []],
    ['a terminal that cannot', { TERM: 'dumb' }, []],
    ['--no-color', {}, ['--no-color']],
    ['--json', {}, ['--json']],
  ])('are left out with %s', async (_, env, flags) => {
    const { stdout, stderr } = await doctor({ tty: true, env }, ...flags);
    expect(stdout + stderr).not.toContain(ESCAPE);
    expect(stdout).toContain('fail');
  });

  it('stay when NO_COLOR is empty, as its convention says', async () => {
    expect((await doctor({ tty: true, env: { NO_COLOR: '' } })).stdout).toContain(ESCAPE);
  });
});

describe('remarks', () => {
  it('stand on stderr, and --quiet leaves them out', async () => {
    const cwd = freshFolder();
    const spoken = await forge(['init', 'one'], { cwd });
    expect(spoken).toMatchObject({
      stdout: 'one/run.yaml\none/run.schema.json\n',
      stderr: expect.stringMatching(/^Next: /),
    });
    const quiet = await forge(['init', 'two', '--quiet'], { cwd });
    expect(quiet).toMatchObject({ exitCode: 0, stdout: 'two/run.yaml\ntwo/run.schema.json\n', stderr: '' });
    expect(readdirSync(cwd)).toEqual(expect.arrayContaining(['one', 'two']));
  });
});

describe('progress', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** The board as `runs watch` makes it, with its own pace. */
  function boardOn(surroundings: Surroundings) {
    const { io, said } = recordingIo({ cwd: '/', ...surroundings });
    const console = createConsole(io, { json: false, quiet: false, color: true });
    return { board: createProgressBoard(console, io.stderr), said };
  }

  it('is one line every ten seconds where nobody looks at a terminal', () => {
    const { board, said } = boardOn({ tty: false });
    board.show(progressOf(1, 'base', null, 5));
    jest.advanceTimersByTime(9_999);
    expect(said().stderr).toBe('');
    jest.advanceTimersByTime(1);
    expect(said().stderr).toMatch(/^cognate\/base +25% step 5\/20[^\n]*\n$/);
    board.show(progressOf(2, 'base', null, 10));
    jest.advanceTimersByTime(20_000);
    expect(said().stderr.trimEnd().split('\n')).toHaveLength(3);
    board.close();
    jest.advanceTimersByTime(60_000);
    expect(said()).toEqual({ stdout: '', stderr: expect.not.stringContaining(ESCAPE) });
    expect(said().stderr.trimEnd().split('\n')).toHaveLength(3);
  });

  it('is a bar that is drawn again on a terminal, and gone at the end', () => {
    const { board, said } = boardOn({ tty: true });
    board.show(progressOf(1, 'base', null, 10));
    jest.advanceTimersByTime(100);
    expect(said().stderr).toMatch(/█{10}░{10} +50%/);
    board.show(progressOf(2, 'base', null, 20));
    jest.advanceTimersByTime(100);
    expect(said().stderr).toContain(`${ESCAPE}1A${ESCAPE}J`);
    board.close();
    expect(said().stderr.endsWith(`${ESCAPE}1A${ESCAPE}J`)).toBe(true);
    expect(said().stdout).toBe('');
  });

  it('is drawn without colours but still live with NO_COLOR', () => {
    const { board, said } = boardOn({ tty: true, env: { NO_COLOR: '1' } });
    board.show(eventOf(1, 'PhaseCompleted'));
    board.show(progressOf(2, 'base', null, 10));
    jest.advanceTimersByTime(100);
    expect(said().stderr).toMatch(/█{10}░{10}/);
    expect(said().stderr).not.toContain(`${ESCAPE}3`);
    board.close();
  });
});
