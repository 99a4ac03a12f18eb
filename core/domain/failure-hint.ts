/** What a person can do about a failed phase. The message says what happened; this says where to go on. */
import type { ErrorKind } from './errors.ts';
import type { Run } from './run.ts';

type Place = { readonly run: Pick<Run, 'id' | 'resolved'>; readonly phase: Run['phases'][number]['slug'] };

/** Settings that may help where a phase has them, in whatever phase. */
const HELPFUL: Partial<Record<ErrorKind, readonly string[]>> = {
  out_of_memory: ['batch_size', 'seq_len'],
  numeric: ['learning_rate', 'grad_clip'],
};

/** Names only settings that the phase has. */
function lowering(kind: ErrorKind, { run, phase }: Place): string {
  const settings = run.resolved.config[phase] ?? {};
  const known = (HELPFUL[kind] ?? []).filter((name) => name in settings);
  return known.length === 0
    ? `See what can be set: forge phases describe ${phase}`
    : `Lower ${known.join(' or ')} of phase ${phase}`;
}

export function failureHint(kind: ErrorKind, place: Place): string {
  const { run, phase } = place;
  if (kind === 'contract') return `See what the phase accepts: forge phases describe ${phase}`;
  if (kind === 'out_of_memory') return `${lowering(kind, place)}, or give it more memory.`;
  if (kind === 'numeric') return `${lowering(kind, place)}.`;
  if (kind === 'disk_full') return 'Free disk space, then submit the run again.';
  if (kind === 'validation') return 'Correct the input named above and submit the run again.';
  return `Read the log: forge runs logs ${run.id} --phase ${phase}`;
}
