/** A result that nobody waits for is not taken: it came late, or before the phase was started. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { ForgeError } from '../../domain/errors.ts';
import { phaseRecord, type Run, requireOpen } from '../../domain/run.ts';

export function requireRunning(run: Run, phase: PhaseSlug): void {
  requireOpen(run);
  const { status } = phaseRecord(run, phase);
  if (status === 'running') return;
  throw new ForgeError('conflict', `Phase ${phase} of run ${run.id} is ${status}, not running.`, {
    code: 'phase_not_running',
    hint: 'Only a phase that was started can be completed.',
  });
}
