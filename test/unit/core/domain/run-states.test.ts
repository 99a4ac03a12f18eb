import fc from 'fast-check';
import { ForgeError, isErrorKind, kindOfExit, toForgeError } from '#core/domain/errors.ts';
import { resolveRun } from '#core/domain/resolve.ts';
import {
  completePhase,
  failPhase,
  isTerminal,
  modelsInto,
  moveRun,
  newRun,
  phaseRecord,
  RUN_STATUSES,
  type Run,
  type RunStatus,
  requireOpen,
  startPhase,
} from '#core/domain/run.ts';
import { hashOf } from '#test/support/toy-models.ts';
import { toyDocument } from '#test/support/toy-run.ts';

const AT = '2026-03-01T12:00:00.000Z';

function newToyRun(): Run {
  const document = toyDocument({ phases: ['cognate'] });
  const corpus = { id: 'C', sha256: hashOf('corpus') } as Parameters<typeof resolveRun>[0]['corpus'];
  const resolved = resolveRun({ document, preset: null, corpus, models: [{ id: 'M' }] });
  return newRun({ tenant: 'default', id: 'R', document, resolved, at: AT });
}

/** The legal moves, written out once more. */
const LEGAL: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  queued: ['running', 'pausing', 'cancelling', 'cancelled', 'failed'],
  running: ['pausing', 'cancelling', 'cancelled', 'succeeded', 'failed'],
  pausing: ['paused', 'cancelling', 'cancelled', 'succeeded', 'failed'],
  paused: ['running', 'cancelling', 'cancelled'],
  cancelling: ['cancelled'],
  cancelled: [],
  succeeded: [],
  failed: [],
};
const PAIRS = RUN_STATUSES.flatMap((from) => RUN_STATUSES.map((to): [RunStatus, RunStatus] => [from, to]));

describe('the states of a run', () => {
  test.each(PAIRS)('from %s to %s', (from, to) => {
    const run: Run = { ...newToyRun(), status: from };
    const move = () => moveRun(run, to, AT);
    if (from === to) expect(move()).toBe(run);
    else if (LEGAL[from].includes(to)) expect(move()).toMatchObject({ status: to });
    else expect(move).toThrow(expect.objectContaining({ kind: 'conflict', code: 'illegal_transition' }));
  });

  test('whatever is asked in whatever order: the end is final', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...RUN_STATUSES), { maxLength: 30 }), (wishes) => {
        let run = newToyRun();
        for (const [tick, wish] of wishes.entries()) {
          const before = run;
          try {
            run = moveRun(run, wish, `t${tick}`);
          } catch {
            expect(LEGAL[before.status]).not.toContain(wish);
          }
          if (isTerminal(before.status)) expect(run).toBe(before);
          expect(run.endedAt === null).toBe(!isTerminal(run.status));
          if (before.startedAt) expect(run.startedAt).toBe(before.startedAt);
        }
      }),
      { seed: 14, numRuns: 300 },
    );
  });

  test('a refusal says what is possible instead', () => {
    expect(() => moveRun(newToyRun(), 'succeeded', AT)).toThrow(
      expect.objectContaining({
        hint: 'From queued it can become running, pausing, cancelling, cancelled, failed.',
      }),
    );
    const ended = moveRun(newToyRun(), 'failed', AT);
    expect(() => moveRun(ended, 'running', AT)).toThrow(
      expect.objectContaining({ hint: 'From failed it can become nothing: this state is final.' }),
    );
  });

  test('only an open run takes work', () => {
    for (const status of RUN_STATUSES) {
      const ask = () => requireOpen({ ...newToyRun(), status });
      if (['queued', 'running', 'pausing', 'paused'].includes(status)) expect(ask).not.toThrow();
      else expect(ask).toThrow(ForgeError);
    }
  });
});

describe('the phases of a run', () => {
  test('count their starts, keep their first start and lose their error with a new one', () => {
    const started = startPhase(newToyRun(), 'cognate', { inputs: ['M'], at: 't1' });
    const error = { kind: 'lost', message: 'gone', phase: 'cognate', hint: 'none' } as const;
    const again = startPhase(failPhase(started, 'cognate', error, 't2'), 'cognate', {
      inputs: ['M'],
      at: 't3',
    });

    expect(phaseRecord(again, 'cognate')).toMatchObject({ attempts: 2, startedAt: 't1', error: null });
  });

  test('hand their outputs on; the first takes what the run was given', () => {
    const run = completePhase(
      startPhase(newToyRun(), 'cognate', { inputs: ['M'], at: AT }),
      'cognate',
      ['A', 'B'],
      [],
      AT,
    );
    const next = { ...phaseRecord(run, 'cognate'), slug: 'evomerge' } as const;
    const longer: Run = { ...run, phases: [...run.phases, next] };

    expect(modelsInto(run, 'cognate')).toEqual(['M']);
    expect(modelsInto(longer, 'evomerge')).toEqual(['A', 'B']);
    expect(() => modelsInto(run, 'baking')).toThrow(expect.objectContaining({ kind: 'not_found' }));
  });
});

describe('an error', () => {
  test('knows its HTTP status, exit code and title', () => {
    expect(new ForgeError('contract', 'no').facts).toMatchObject({ http: 422, exit: 65, cli: 2 });
  });

  test('that is not ours is a bug, with its cause', () => {
    const cause = new TypeError('x is undefined');
    expect(toForgeError(cause)).toMatchObject({ kind: 'bug', message: 'x is undefined', cause });
    expect(toForgeError('text')).toMatchObject({ kind: 'bug', message: 'text' });
    const ours = new ForgeError('numeric', 'nan', { retryAfterSeconds: 3 });
    expect(toForgeError(ours)).toBe(ours);
    expect(ours.retryAfterSeconds).toBe(3);
  });

  test('kinds are the names of the table, and nothing that an object inherits', () => {
    expect(isErrorKind('corrupt')).toBe(true);
    for (const not of ['toString', '__proto__', '', 3, null]) expect(isErrorKind(not)).toBe(false);
  });

  test('every exit code from 0 to 255 has a kind, and success has none of its own', () => {
    fc.assert(
      fc.property(fc.nat({ max: 255 }), (exit) => {
        expect(isErrorKind(kindOfExit(exit))).toBe(true);
      }),
      { seed: 15 },
    );
    expect(kindOfExit(143)).toBe('preempted');
  });
});
