/** A run with records of all eight phases, written straight into the store: what the pages draw is then known. */
import { join } from 'node:path';
import { openDatabase } from '#adapters/local/sqlite-database.ts';
import type { GenerationUpdate } from '#contracts/source/generation-update.ts';
import { PHASE_SLUGS, type PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { Run } from '#core/domain/run.ts';
import type { ServerProcess } from '../server-process.ts';

const AT = '2026-03-01T12:00:00.000Z';
const ID = '01J00000000000000000000000';

/** Names of records, and what they say. */
const RECORDS: Readonly<Partial<Record<PhaseSlug, Readonly<Record<string, number>>>>> = {
  cognate: Object.fromEntries(
    ['base', 'memory', 'adaptive'].flatMap((model, at) => [
      [`${model}/bits_per_byte`, 3 - at / 10],
      [`${model}/ponder_steps`, 1 + at / 4],
      [`${model}/ponder_share_1`, 1 - at / 4],
      [`${model}/ponder_share_2`, at / 4],
      [`${model}/recall_accuracy_near`, 0.2 + at / 10],
      ...(at > 0 ? [[`${model}/relative_task_vector`, at / 20]] : []),
    ]),
  ),
  bitnet: {
    'blocks.0.query/zero_share': 0.31,
    'packed/bytes_of_embedding': 34816,
    'packed/bytes_of_norms': 1408,
  },
  'quiet-star': { 'thoughts/gain': 0.02, 'thoughts/gain_low': -0.01, 'thoughts/gain_high': 0.05 },
  training: { 'dreams/share': 0.2 },
  baking: { 'strength_50/kl': 0.02, 'baked/kl': 0.03, 'input/kl': 0.1 },
  deployment: {
    'fp32_one/p95_ms': 7,
    'fp32_one/tokens_per_second': 150,
    'int8_one/p95_ms': 3,
    'int8_one/tokens_per_second': 330,
    'chosen/p95_ms': 3,
    'parity/max_difference': 0.0001,
  },
  compression: {
    'embedding.weight/stored_bytes': 4096,
    'embedding.weight/distortion': 0.02,
    'head.weight/stored_bytes': 2048,
    'head.weight/distortion': 0.05,
    'compressed/bytes_of_rtn': 5000,
  },
};

const individual = (id: string, generation: number, parents: string[], fitness: number) => ({
  id,
  generation,
  method: generation === 0 ? 'linear' : 'slerp',
  parents,
  weights: {},
  objectives: { perplexity: 1 / fitness, operations: 1 + generation / 10 },
  fitness,
  rank: generation === 0 ? 1 : 0,
  feasible: true,
});

const GENERATIONS: readonly Pick<GenerationUpdate, 'individuals'>[] = [
  { individuals: [individual('g0-0', 0, [], 1), individual('g0-1', 0, [], 1.1)] },
  { individuals: [individual('g0-1', 0, [], 1.1), individual('g1-0', 1, ['g0-0', 'g0-1'], 1.2)] },
];

/** @param ended a run of the server that has ended: its record is the pattern. @returns the id of the new run */
export function writePhaseRecords(server: ServerProcess, ended: Run): string {
  const database = openDatabase(join(server.home, '.forge', 'cloud.db'));
  const [pattern] = ended.phases;
  const phases = PHASE_SLUGS.map((slug) => ({ ...pattern, slug, gates: [], outputs: [], contracts: [] }));
  const run = { ...ended, id: ID, name: 'drawn', phases, models: [] };
  database
    .prepare('INSERT INTO runs (tenant, id, status, version, document) VALUES (?, ?, ?, 1, ?)')
    .run('default', ID, run.status, JSON.stringify({ ...run, version: 1 }));
  const addEvent = database.prepare(
    'INSERT INTO events (tenant, run, seq, key, document) VALUES (?, ?, ?, NULL, ?)',
  );
  const envelope = { tenant: 'default', run: ID, attempt: 1, at: AT };
  for (const [at, data] of GENERATIONS.entries()) {
    const event = { ...envelope, seq: at + 1, type: 'generation_update', phase: 'evomerge', data };
    addEvent.run('default', ID, event.seq, JSON.stringify(event));
  }
  for (let seq = 3; seq < 8; seq += 1) {
    const data = { step: seq, loss: 5 - seq / 10, dream_loss: 1 / seq };
    const event = { ...envelope, seq, type: 'training_metrics', phase: 'training', data };
    addEvent.run('default', ID, seq, JSON.stringify(event));
  }
  const addMetric = database.prepare(
    'INSERT INTO metrics (tenant, id, run, phase, document) VALUES (?, ?, ?, ?, ?)',
  );
  for (const [phase, records] of Object.entries(RECORDS)) {
    for (const [name, value] of Object.entries(records)) {
      const id = `${ID}/${phase}/${name}`;
      const place = { runId: ID, phase, stage: 'test', index: null, jobId: 'job', attempt: 1, step: null };
      const rest = { unit: '1', model: name.split('_')[0], split: null, source: 'test', at: AT };
      addMetric.run(
        'default',
        id,
        ID,
        phase,
        JSON.stringify({ schemaVersion: 1, id, name, value, ...place, ...rest }),
      );
    }
  }
  database.close();
  return ID;
}
