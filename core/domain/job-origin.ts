/** Which run a job belongs to: the tags that the state machine gives to every job that it submits. */
export interface JobOrigin {
  readonly tenant: string;
  readonly runId: string;
  readonly phase: string;
  readonly stage: string;
  /** Which start of the phase submitted it. */
  readonly phaseAttempt?: number;
}

/** Null for a job that no run submitted. */
export function originOfTags(tags: Readonly<Record<string, string>>): JobOrigin | null {
  const { 'forge-tenant': tenant, 'forge-run': runId, 'forge-phase': phase, 'forge-stage': stage } = tags;
  if (!(tenant && runId && phase && stage)) return null;
  const { 'forge-attempt': attempt } = tags;
  const start = attempt === undefined ? {} : { phaseAttempt: Number(attempt) };
  return { tenant, runId, phase, stage, ...start };
}
