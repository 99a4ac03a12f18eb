import { stripVTControlCharacters } from 'node:util';
import type { Lineage, RunReport } from '#cli/client/records.ts';
import { formatBytes, formatNumber, formatSeconds, secondsBetween } from '#cli/output/figures.ts';
import { lineageDot, lineageMermaid, lineageTree } from '#cli/output/lineage.ts';
import { colored, plain } from '#cli/output/paint.ts';
import { renderSummary } from '#cli/output/report-summary.ts';
import { renderTable, visibleLength } from '#cli/output/table.ts';
import { RUN } from './event-samples.ts';

const number = (value: number) => ({ value, unit: 'bits/byte', metric: 'm' });

const REPORT: RunReport = {
  schema: 'forge/report/v1',
  reproduce: { command: 'forge runs create -f run.yaml', document: '{}' },
  run: {
    id: RUN,
    name: 'first',
    status: 'succeeded',
    startedAt: '2026-01-01T00:00:00Z',
    endedAt: '2026-01-01T00:02:05Z',
    origin: null,
  },
  error: null,
  corpus: { id: 'C', name: 'texts', sha256: 'f'.repeat(64), licence: 'CC0-1.0' },
  phases: [
    {
      phase: 'cognate',
      title: 'Cognate',
      status: 'succeeded',
      reusedFrom: null,
      jobs: { base: number(60), 'variants/0': number(40) },
      figures: {
        token_bigram: { bits_per_byte: number(3.43842) },
        base: { bits_per_byte: number(2.5), perplexity: number(171.94), ponder_steps: number(2) },
      },
      gates: [
        {
          rule: 'base/bits_per_byte < 3',
          verdict: 'passed',
          measured: number(2.5),
          bound: null,
          fixed: true,
        },
        {
          rule: 'base/bits_per_byte < x/bits_per_byte',
          verdict: 'failed',
          measured: number(2.5),
          bound: number(2.1),
          fixed: false,
        },
        { rule: 'memory/recall > 1', verdict: 'not measured', measured: null, bound: null, fixed: true },
      ],
      strengths: [
        {
          model: 'memory',
          measure: 'recall',
          wanted: 'higher',
          figures: { base: number(0.25), memory: number(0.125), other: null },
          best: 'base',
          verdict: 'not ahead',
        },
      ],
    },
  ],
  models: [
    { id: 'M1', reference: 'first-base@1', role: 'base', parents: [], weights: 'a' },
    { id: 'M2', reference: 'first-memory@1', role: 'variant', parents: ['M1'], weights: 'b' },
  ],
};

describe('the summary of a run', () => {
  const text = renderSummary(REPORT, plain);

  it('shows each model and each baseline with what was measured, and nothing that was not', () => {
    expect(text).toContain('first: succeeded in 2 min 05 s');
    expect(text).toMatch(/token_bigram +3\.438 +-\n/);
    expect(text).toMatch(/base +2\.5 +171\.9\n/);
    expect(text).not.toContain('ponder');
  });

  it('shows a failed gate as failed, with both numbers', () => {
    expect(text).toContain('gates: 1 of 3 passed');
    expect(text).toMatch(/failed +base\/bits_per_byte < x\/bits_per_byte +2\.5 +2\.1/);
    expect(text).toMatch(/not measured +memory\/recall > 1 +-/);
  });

  it('says which model was better than the one that should have been', () => {
    expect(text).toContain(
      'memory at recall (higher is better): not ahead: base is  [base 0.25, memory 0.125, other -]',
    );
  });

  it('ends with all phases in one table, of each the model of least loss that went on', () => {
    const rowOf = (model: string, loss: number, bytes: number | null) => ({
      phase: 'cognate' as const,
      model,
      figures: { bits_per_byte: number(loss), weight_bytes: bytes === null ? null : number(bytes) },
    });
    const course = [rowOf('base', 2.5, 4_000), rowOf('memory', 2.4, 5_000), rowOf('average', 2.3, null)];
    const compression = {
      ...REPORT.phases[0],
      phase: 'compression' as const,
      title: 'Compression',
      jobs: {},
      gates: [],
      figures: { compressed: { file_bytes: number(1_234) } },
    } as RunReport['phases'][number];
    const shown = renderSummary({ ...REPORT, course, phases: [...REPORT.phases, compression] }, plain);
    expect(shown).toMatch(/\n {4}Cognate +100\.0 +memory +2\.4 +5,000 +- +1 of 3\n/);
    expect(shown).toMatch(/\n {4}Compression +- +- +- +- +1,234 +-\n/);
  });

  it('names the models with their ids and the commands to go on with', () => {
    expect(text).toMatch(/first-memory@1 +variant +M2 +1/);
    expect(text).toContain(`npx forge runs report ${RUN}`);
    expect(text).toContain('npx forge models lineage first-memory@1');
  });

  it('says why a run failed and where to look', () => {
    const error = {
      kind: 'out_of_memory',
      message: 'no memory left',
      phase: null,
      hint: 'Lower batch_size.',
    };
    const failed = renderSummary({ ...REPORT, run: { ...REPORT.run, status: 'failed' }, error }, plain);
    expect(failed).toContain('out_of_memory: no memory left\n  Lower batch_size.');
    expect(failed).toContain(`npx forge runs logs ${RUN} --tail 50`);
  });

  it('has the same letters with colours as without', () => {
    const painted = renderSummary(REPORT, colored);
    expect(painted).not.toBe(text);
    expect(stripVTControlCharacters(painted)).toBe(text);
  });
});

const LINEAGE: Lineage = {
  model: 'C',
  nodes: [
    {
      id: 'C',
      name: 'merged',
      version: 2,
      role: 'merged',
      phase: 'evomerge',
      runId: null,
      status: 'quarantined',
    },
    { id: 'A', name: 'left', version: 1, role: 'variant', phase: 'cognate', runId: null, status: 'active' },
    { id: 'B', name: 'ri"ght', version: 1, role: 'variant', phase: 'cognate', runId: null, status: 'active' },
    { id: 'R', name: 'base', version: 1, role: 'base', phase: 'cognate', runId: null, status: 'active' },
    { id: 'D', name: 'child', version: 1, role: 'merged', phase: null, runId: null, status: 'active' },
  ],
  edges: [
    { parent: 'A', child: 'C', relation: 'merged-from', weight: 0.5 },
    { parent: 'B', child: 'C', relation: 'merged-from', weight: 0.5 },
    { parent: 'R', child: 'A', relation: 'continued-from', weight: 1 },
    { parent: 'R', child: 'B', relation: 'continued-from', weight: 1 },
    { parent: 'C', child: 'D', relation: 'quantised-from', weight: 1 },
  ],
};

describe('a lineage', () => {
  it('is a tree of parents, each written out once, and the children', () => {
    expect(lineageTree(LINEAGE)).toBe(
      [
        'merged@2 (merged, evomerge, quarantined) C',
        '├─ merged-from × 0.5 left@1 (variant, cognate) A',
        '│  └─ continued-from base@1 (base, cognate) R',
        '└─ merged-from × 0.5 ri"ght@1 (variant, cognate) B',
        '   └─ continued-from base@1 (base, cognate) R (see above)',
        '',
        'children:',
        '└─ quantised-from child@1 (merged) D',
      ].join('\n'),
    );
  });

  it('has every node and edge in both graph languages, with quotes that cannot break out', () => {
    const dot = lineageDot(LINEAGE);
    const mermaid = lineageMermaid(LINEAGE);
    expect(dot.match(/ -> /g)).toHaveLength(5);
    expect(mermaid.match(/-->/g)).toHaveLength(5);
    expect(dot).toContain('"B" [label="ri_ght@1 variant"];');
    expect(mermaid).toContain('B["ri_ght@1 variant"]');
  });
});

describe('tables and figures', () => {
  it('aligns text to the left and numbers to the right, whatever their colour', () => {
    const rows = [
      ['a', colored('green', '1,000')],
      ['long', '5'],
    ];
    const lines = renderTable(['name', 'n'], rows).split('\n');
    expect(lines.map(visibleLength)).toEqual([11, 11, 11]);
    expect(lines[2]).toBe('long      5');
  });

  it.each([
    [() => formatNumber(1234567), '1,234,567'],
    [() => formatNumber(0.00001234567), '0.00001235'],
    [() => formatBytes(0), '0 B'],
    [() => formatBytes(1023), '1023 B'],
    [() => formatBytes(10 * 1024 ** 2), '10.0 MiB'],
    [() => formatSeconds(59.4), '59 s'],
    [() => formatSeconds(59.6), '1 min 00 s'],
    [() => formatSeconds(7300), '2 h 01 min'],
    [() => String(secondsBetween('2026-01-01T00:00:00Z', null)), 'null'],
  ])('%s gives %s', (show, text) => {
    expect(show()).toBe(text);
  });
});
