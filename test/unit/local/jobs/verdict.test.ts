import type { ExitRule, StopRequest } from '#local/jobs/job.ts';
import { newAttempt } from '#local/jobs/records.ts';
import { type AttemptEnd, judgeAttempt } from '#local/jobs/verdict.ts';

const STOP: StopRequest = { kind: 'terminated', reason: 'asked to stop', at: 0 };
const EXITED = 'Essential container in task exited';

const end = (exitCode: number | null, reason: string | null = null, statusReason = EXITED): AttemptEnd => ({
  exitCode,
  reason,
  statusReason,
});

function judge(
  ended: AttemptEnd,
  evaluateOnExit: readonly ExitRule[],
  { attempts = 3, used = 1, stop = null as StopRequest | null } = {},
): string {
  const verdict = judgeAttempt(
    {
      stop,
      retry: { attempts, evaluateOnExit },
      attempts: Array.from({ length: used }, (_, index) => newAttempt(index + 1, [])),
    },
    ended,
  );
  return verdict.kind === 'retry' ? 'retry' : `${verdict.status}: ${verdict.statusReason}`;
}

const FAILED = `FAILED: ${EXITED}`;

describe('the verdict on an attempt', () => {
  it.each<[string, AttemptEnd, readonly ExitRule[], string]>([
    [
      'exit code 0 succeeds whatever the rules',
      end(0),
      [{ onExitCode: '0', action: 'RETRY' }],
      `SUCCEEDED: ${EXITED}`,
    ],
    ['a failure without rules is retried', end(1), [], 'retry'],
    ['a failure that no rule matches is retried', end(1), [{ onExitCode: '2', action: 'EXIT' }], 'retry'],
    ['an exit code matches exactly', end(75), [{ onExitCode: '7', action: 'EXIT' }], 'retry'],
    ['an exit code matches by its beginning', end(75), [{ onExitCode: '7*', action: 'EXIT' }], FAILED],
    [
      'the first matching rule wins',
      end(75),
      [
        { onExitCode: '75', action: 'RETRY' },
        { onReason: '*', action: 'EXIT' },
      ],
      'retry',
    ],
    [
      'a later rule decides when the first does not match',
      end(64),
      [
        { onExitCode: '75', action: 'RETRY' },
        { onReason: '*', action: 'EXIT' },
      ],
      FAILED,
    ],
    [
      'all patterns of a rule must match',
      end(137, 'OutOfMemoryError: killed'),
      [{ onExitCode: '137', onReason: 'Cannot*', action: 'EXIT' }],
      'retry',
    ],
    [
      'the reason of the status is matched too',
      end(null, null, 'Host EC2 gone'),
      [
        { onStatusReason: 'Host EC2*', action: 'RETRY' },
        { onReason: '*', action: 'EXIT' },
      ],
      'retry',
    ],
    ['no exit code matches no exit code pattern', end(null), [{ onExitCode: '1*', action: 'EXIT' }], 'retry'],
  ])('%s', (_, ended, rules, expected) => {
    expect(judge(ended, rules)).toBe(expected);
  });

  it('is failure once the attempts are used up', () => {
    expect(judge(end(75), [{ onExitCode: '75', action: 'RETRY' }], { attempts: 3, used: 3 })).toBe(FAILED);
    expect(judge(end(75), [{ onExitCode: '75', action: 'RETRY' }], { attempts: 3, used: 2 })).toBe('retry');
  });

  it.each([0, 75, 137])('is failure after a requested stop, even with exit code %i', (exitCode) => {
    expect(judge(end(exitCode), [], { stop: STOP })).toBe('FAILED: asked to stop');
  });
});
