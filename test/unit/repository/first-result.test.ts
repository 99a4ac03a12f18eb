import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from '#contracts/source/report.ts';
import { formatFigure } from '#core/domain/report-markdown.ts';
import { PROJECT } from '#test/support/fixture-tree.ts';

const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
const report = JSON.parse(readFileSync(join(PROJECT, 'evidence/first-run/report.json'), 'utf8')) as RunReport;
const [, result = ''] = readme.split('## First result');
const rows = [...result.matchAll(/^ {4}(\w+) +([\d.]+) +([\d.-]+)$/gm)].map(([, ...cells]) => cells);

describe('the first result in the README', () => {
  it('shows at least the base, the variants, their average and a baseline', () => {
    expect(rows.map(([subject]) => subject)).toEqual(
      expect.arrayContaining(['token_bigram', 'base', 'reasoning', 'memory', 'adaptive', 'average']),
    );
  });

  it.each(rows)('gives %s the figures of the committed report', (subject = '', bitsPerByte, perplexity) => {
    const figures = report.phases[0]?.figures[subject];
    expect(bitsPerByte).toBe(formatFigure(figures?.bits_per_byte));
    expect(perplexity).toBe(figures?.perplexity ? formatFigure(figures.perplexity) : '-');
  });

  it('counts the gates as the report does', () => {
    const gates = report.phases.flatMap((phase) => phase.gates);
    const passed = gates.filter((gate) => gate.verdict === 'passed');
    expect(result).toContain(`gates: ${passed.length} of ${gates.length} passed`);
  });
});
