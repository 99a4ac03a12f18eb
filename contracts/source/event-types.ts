/** The types of all events, for whoever reads events without checking them. */

/** Lifecycle types are PascalCase; progress types keep the snake_case names of the first version. */
export const EVENT_TYPES = [
  'RunSubmitted',
  'RunStarted',
  'RunPlanned',
  'RunCompleted',
  'RunFailed',
  'RunCancelled',
  'RunCancelRequested',
  'RunPauseRequested',
  'RunPaused',
  'BudgetReached',
  'RunResumed',
  'PhaseStarted',
  'PhaseCompleted',
  'RoundCompleted',
  'ContractChecked',
  'PhaseFailed',
  'PhaseRetried',
  'PhaseReused',
  'GateEvaluated',
  'JobSubmitted',
  'JobStarted',
  'JobFinished',
  'CheckpointSaved',
  'CheckpointRejected',
  'ModelRegistered',
  'CorpusRegistered',
  'WebhookDisabled',
  'phase_progress',
  'generation_update',
  'training_metrics',
  'compression_progress',
  'error_notification',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** After one of these nothing more comes of a run: it has ended for good. */
export const FINAL_EVENT_TYPES = [
  'RunCompleted',
  'RunFailed',
  'RunCancelled',
] as const satisfies readonly EventType[];

export type FinalEventType = (typeof FINAL_EVENT_TYPES)[number];

export const isFinalEvent = (type: string): boolean =>
  (FINAL_EVENT_TYPES as readonly string[]).includes(type);

/** What the bus carries: what happened to a run, and not how far something is. The names tell the two apart. */
export const isDomainEvent = (type: string): boolean => /^[A-Z]/.test(type);
