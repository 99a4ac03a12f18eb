/** The first version's names for phases and states, each beside the one that it stands for now. */
import { PHASE_SLUGS, type PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { RUN_STATUSES, type RunStatus } from '#contracts/source/run-status.ts';
import type { Ulid } from '#core/domain/ids.ts';

/** Names that changed; every other phase is called what it was called. */
const PHASE_NAMES = { quietstar: 'quiet-star', adas: 'deployment' } as const satisfies Record<
  string,
  PhaseSlug
>;

/** What an alias takes for a phase: the old names and the new ones. */
export const PHASE_WORDS = [...PHASE_SLUGS, 'quietstar', 'adas'] as const;
export type PhaseWord = (typeof PHASE_WORDS)[number];

export function phaseOf(word: string): string {
  return PHASE_NAMES[word as keyof typeof PHASE_NAMES] ?? word;
}

/** One word for one status: what the first version had no word for keeps its own. */
const STATUS_WORDS: Readonly<Record<RunStatus, string>> = {
  queued: 'initializing',
  running: 'running',
  pausing: 'pausing',
  paused: 'paused',
  cancelling: 'cancelling',
  cancelled: 'cancelled',
  succeeded: 'completed',
  failed: 'failed',
};

export const OLD_STATUSES: readonly string[] = Object.values(STATUS_WORDS);

export const oldStatus = (status: RunStatus): string => STATUS_WORDS[status];

export function newStatus(word: string): RunStatus | undefined {
  return RUN_STATUSES.find((status) => STATUS_WORDS[status] === word);
}

/** A field of the old answer that nobody measures, and why. */
export interface Unmeasured {
  readonly field: string;
  readonly reason: string;
}

const NO_AGENTS = 'There are no agents: the stages of a phase are jobs, listed under plan.';

export const unmeasured = {
  agents: (...fields: readonly string[]): readonly Unmeasured[] =>
    fields.map((field) => ({ field, reason: NO_AGENTS })),
  remaining: { field: 'estimated_remaining_seconds', reason: 'Nothing measures how long a phase will take.' },
  theater: {
    field: 'theater_detection',
    reason: 'Theatre is tested by gates of its own (shuffled thoughts, ablation); there is no score.',
  },
  memory: { field: 'memory', reason: 'The API does not measure its own memory.' },
  sessions: { field: 'active_sessions', reason: 'Runs belong to a tenant, and this route knows none.' },
} as const;

/** A field of the old request that changes nothing, and why. */
export interface Ignored {
  readonly field: string;
  readonly reason: string;
}

const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  swarm_topology: 'The stages of a phase decide what runs side by side.',
  max_agents: 'The stages of a phase decide how many jobs there are.',
  enable_monitoring: 'Every run is monitored.',
  enable_checkpoints: 'Every run writes checkpoints.',
  force: 'A cancelled job that does not end by itself is always killed.',
  checkpoint_name: 'A checkpoint is named by its hash.',
  include_model_state: 'A checkpoint always holds the state of the model.',
  include_swarm_state: 'There is no swarm.',
};

/** Those of the fields that were sent and change nothing. */
export function ignoredOf(body: Readonly<Record<string, unknown>>): readonly Ignored[] {
  return Object.entries(WITHOUT_EFFECT).flatMap(([field, reason]) =>
    body[field] === undefined ? [] : [{ field, reason }],
  );
}

/** A checkpoint's id names its run too: the first version's routes give a checkpoint and nothing else. */
export function checkpointId(run: Ulid, sha256: string): string {
  return `${run}-${sha256}`;
}

/** Null for what is no such id. */
export function readCheckpointId(id: string): { readonly run: Ulid; readonly checkpoint: string } | null {
  const found = /^([0-7][0-9A-HJKMNP-TV-Z]{25})-([0-9a-f]{8,64})$/.exec(id);
  return found ? { run: found[1] ?? '', checkpoint: found[2] ?? '' } : null;
}
