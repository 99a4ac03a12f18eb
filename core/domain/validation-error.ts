/** Apart from what resolves documents: whoever only says what is wrong need not know every setting. */
import { ForgeError, type Problem } from './errors.ts';

/** One error for all problems of a document. */
export function validationError(problems: readonly Problem[]): ForgeError {
  const lines = problems.map(
    (problem) => `${problem.pointer || '/'}: ${problem.message}${problem.got ? ` (got ${problem.got})` : ''}`,
  );
  return new ForgeError('validation', lines.join('; '), {
    code: problems[0]?.code ?? 'invalid',
    problems,
    hint: 'Correct the fields named above; `forge validate FILE` checks a document without submitting it.',
  });
}
