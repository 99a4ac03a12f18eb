/** The report names the claims about what a run had on, with the verdicts and the hashes of their records. */
import type { ClaimVerdict } from '#contracts/source/claims.ts';
import { getClaim, listClaims } from '#core/application/queries/list-claims.ts';
import { buildReport } from '#core/domain/report.ts';
import { renderReport } from '#core/domain/report-markdown.ts';
import type { Run } from '#core/domain/run.ts';

const SLUGS = ['cognate', 'training', 'baking'];
const run = (status: string, training: Readonly<Record<string, unknown>>, cognate = {}) =>
  ({
    id: 'R',
    name: 'toy',
    status: 'succeeded',
    document: {},
    resolved: { phases: SLUGS, config: { training, cognate } },
    phases: SLUGS.map((slug) => ({ slug, status: slug === 'baking' ? 'pending' : status, gates: [] })),
  }) as unknown as Run;
const reportOf = (of: Run, claims: readonly ClaimVerdict[] = listClaims()) =>
  buildReport({ run: of, models: [], metrics: [], corpus: null, claims });
const claimed = (of: Run) => reportOf(of).claims?.map(({ claim }) => claim);

test('only mechanisms that were on are named, and only of phases that were started', () => {
  expect(claimed(run('succeeded', { grokfast: 'ema', edge: false, self_model_weight: 0 }))).toEqual([
    'grokfast-50x',
  ]);
  expect(claimed(run('failed', { edge: true }, { act_enabled: true, ltm_enabled: false }))).toEqual([
    'edge-of-chaos',
    'act',
  ]);
  expect(claimed(run('pending', { grokfast: 'ema' }))).toEqual([]);
});

test('each has the verdict of the ledger and the hash of every record behind it', () => {
  const [found] = reportOf(run('succeeded', { dreams: 'distil' })).claims ?? [];
  const { verdict, records } = getClaim('dreams');
  expect(records.length).toBeGreaterThan(0);
  expect(found).toEqual({
    phase: 'training',
    setting: 'dreams',
    claim: 'dreams',
    verdict,
    records: records.map(({ experiment, sha256 }) => ({ experiment, sha256 })),
  });
});

test('a phase without a choice is named by itself, and a claim without a record says so', () => {
  const toy = run('succeeded', {});
  const baked = { ...toy, phases: toy.phases.map((phase) => ({ ...phase, status: 'succeeded' as const })) };
  const readings = [{ text: 'of it', missing: 'an experiment', verdict: 'not measured' as const }];
  const unmeasured = listClaims().map(
    (claim): ClaimVerdict => ({ ...claim, verdict: 'not measured', readings, records: [] }),
  );
  const report = reportOf(baked, unmeasured);
  expect(report.claims).toEqual([
    { phase: 'baking', setting: null, claim: 'prompt-baking', verdict: 'not measured', records: [] },
  ]);
  expect(renderReport(report)).toContain('| baking | prompt-baking | not measured | none |');
});

test('people read the mechanism, the verdict and the beginning of the hash; without mechanisms nothing', () => {
  const [record] = getClaim('edge-of-chaos').records;
  const markdown = renderReport(reportOf(run('succeeded', { edge: true })));
  expect(markdown).toContain(`| training.edge | edge-of-chaos | ${getClaim('edge-of-chaos').verdict} | `);
  expect(markdown).toContain(`${record?.experiment} ${record?.sha256.slice(0, 12)}`);
  expect(renderReport(reportOf(run('succeeded', {})))).not.toContain('## Claims');
});
