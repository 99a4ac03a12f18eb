import { renderSummary } from '#cli/output/report-summary.ts';
import type { ResultManifest } from '#contracts/source/result-manifest.ts';
import { readAnswers } from '#core/application/queries/read-answers.ts';
import { buildReport } from '#core/domain/report.ts';
import { renderReport } from '#core/domain/report-markdown.ts';
import type { Run } from '#core/domain/run.ts';
import { ADMIN, type MemoryPorts, memoryPorts, STRANGER } from '#test/support/memory-ports.ts';
import { storeFile } from '#test/support/toy-models.ts';
import { manifestOf, writeJson } from '#test/support/toy-results.ts';
import { submittedRun } from '#test/support/toy-run.ts';

const SAID = { prompt: 'clerk', input: '?b7a', before: '7a', after: '4b', prompted: '4b' };
const OTHER_RUN = '01J0000000000000000000000B';

/** A run whose sixth phase succeeded and left the given text as its artifact of answers. */
async function bakedRun(text: string, reusedFrom: string | null = null) {
  const ports = memoryPorts();
  const run = await submittedRun(ports);
  const phases = [{ ...run.phases[0], slug: 'baking', status: 'succeeded', reusedFrom }];
  const resolved = { ...run.resolved, phases: ['baking'] };
  const baked = { ...run, phases, resolved } as unknown as Run;
  leaveAnswers(ports, reusedFrom ?? run.id, text);
  return { ports, run: baked };
}

function leaveAnswers(ports: MemoryPorts, runId: string, text: string): void {
  const { path: name, ...stored } = storeFile(ports.store, 'answers', text);
  const place = { runId, phase: 'baking', stage: 'evaluate', index: null, attempt: 1 } as const;
  const artifacts = [{ name, ...stored, mediaType: 'application/json' }];
  const manifest: ResultManifest = manifestOf(place, { artifacts });
  writeJson(ports.store, `staging/${runId}/baking/evaluate/result.json`, manifest);
}

const document = (...answers: object[]) => JSON.stringify({ schemaVersion: 1, answers });

describe('answers that a phase wrote down', () => {
  it.each([
    ['the run itself', null],
    ['the run that the phase is taken over from', OTHER_RUN],
  ])('are read from %s', async (_, reusedFrom) => {
    const { ports, run } = await bakedRun(document(SAID), reusedFrom);
    expect(await readAnswers(ports, ADMIN, run)).toEqual(new Map([['baking', [SAID]]]));
  });

  it.each([
    ['are no JSON', 'not json'],
    ['are of another form', document({ ...SAID, after: 4 })],
  ])('hold up no report where they %s', async (_, text) => {
    const { ports, run } = await bakedRun(text);
    expect(await readAnswers(ports, ADMIN, run)).toEqual(new Map([['baking', []]]));
  });

  it('are not read from blobs of another tenant', async () => {
    const { ports, run } = await bakedRun(document(SAID));
    expect(await readAnswers(ports, STRANGER, run)).toEqual(new Map([['baking', []]]));
  });

  it('are not looked for in a phase that failed', async () => {
    const { ports, run } = await bakedRun(document(SAID));
    const phases = run.phases.map((phase) => ({ ...phase, status: 'failed' as const }));
    expect(await readAnswers(ports, ADMIN, { ...run, phases })).toEqual(new Map());
  });

  it('are printed without anything that a terminal or a table would obey', async () => {
    const { ports, run } = await bakedRun(document({ ...SAID, after: '4\x1b[2J|`b`\u202e' }));
    const answers = await readAnswers(ports, ADMIN, run);
    const report = buildReport({ run, models: [], metrics: [], corpus: null, claims: [], answers });
    const summary = renderSummary(report as Parameters<typeof renderSummary>[0], (_, text) => text);
    expect(summary).toContain(
      '  asked "?b7a" without the prompt clerk: before "7a", after "4 [2J|`b` ", with the prompt "4b"',
    );
    expect(renderReport(report)).toContain("| clerk | `?b7a` | `7a` | `4 [2J\\|'b' ` | `4b` |");
  });
});
