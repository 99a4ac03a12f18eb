/** How a failure is told: what was received, what was expected, where, and what to do next. */
import { CliError, exitCodeOf, Interrupted, isError, messageOf, type PlacedProblem } from '../errors.ts';
import type { Console } from './console.ts';

function problemLines(problem: PlacedProblem, paint: Console['paintNote']): readonly string[] {
  const where = problem.place ?? problem.pointer;
  const facts = [
    problem.expected && `expected: ${problem.expected}`,
    problem.got && `got: ${problem.got}`,
    problem.suggestion &&
      !problem.message.includes(problem.suggestion) &&
      `did you mean: ${problem.suggestion}`,
  ];
  const pointer = problem.place && problem.pointer ? ` (${problem.pointer})` : '';
  return [
    `  ${paint('bold', where || '/')}: ${problem.message}${pointer}`,
    ...facts.filter((fact) => typeof fact === 'string' && fact).map((fact) => `      ${fact}`),
  ];
}

function textOf(error: unknown, paint: Console['paintNote']): readonly string[] {
  if (error instanceof Interrupted) {
    if (!error.reattach) return ['interrupted'];
    const way =
      error.left === 'is paused'
        ? 'Start the server with npm run serve, then go on with'
        : 'Watch it again with';
    return [`interrupted; the run ${error.left}. ${way}:`, `  ${error.reattach}`];
  }
  const message = messageOf(error);
  const first = `${paint('red', 'error')}: ${message}`;
  if (!(error instanceof CliError))
    return [first, '  This is a defect in Agent Forge. Run it again with --debug and report what it prints.'];
  return [
    first,
    ...error.problems.flatMap((problem) => problemLines(problem, paint)),
    ...(error.hint ? [`  ${error.hint}`] : []),
    ...(error.requestId && error.kind === 'bug' ? [`  request ${error.requestId}`] : []),
  ];
}

function documentOf(error: unknown): unknown {
  const message = messageOf(error);
  const exit = exitCodeOf(error);
  if (error instanceof Interrupted)
    return { error: { kind: 'interrupted', message, hint: error.reattach, exit } };
  if (!(error instanceof CliError)) return { error: { kind: 'bug', message, exit } };
  const { kind, code, hint, problems, requestId } = error;
  return { error: { kind, code, message, hint, errors: problems, requestId, exit } };
}

function causes(error: unknown): readonly string[] {
  if (!isError(error)) return [];
  return [error.stack ?? error.message, ...causes(error.cause)];
}

/** Writes the failure to stderr: as one JSON line with --json, with a stack trace only with --debug. */
export function showError(console: Console, error: unknown, debug: boolean): void {
  if (console.json) console.warn(JSON.stringify(documentOf(error)));
  else console.warn(textOf(error, console.paintNote).join('\n'));
  if (debug) console.warn(causes(error).join('\ncaused by: '));
}
