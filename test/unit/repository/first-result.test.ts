import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderSummary } from '#cli/output/report-summary.ts';
import type { RunReport } from '#contracts/source/report.ts';
import { PROJECT } from '#test/support/fixture-tree.ts';

const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
const demo = readFileSync(join(PROJECT, 'examples/demo.yaml'), 'utf8');
const demoPhases = /^phases: \[(.+)\]$/m.exec(demo)?.[1]?.split(', ') ?? [];
const report = JSON.parse(readFileSync(join(PROJECT, 'evidence/first-run/report.json'), 'utf8')) as RunReport;
const [, result = ''] = readme.split('## First result');
const [, block = ''] = result.split('```');
const shown = block.split('\n').filter((line) => line.trim() !== '');
const printed = renderSummary(report as Parameters<typeof renderSummary>[0], (_, text) => text).split('\n');

describe('the first result in the README', () => {
  it('shows a line of figures and the gates of each phase of the demo', () => {
    const titles = report.phases.map(({ title }) => `${title}: succeeded`);
    expect(titles).toHaveLength(demoPhases.length);
    expect(shown.filter((line) => !line.startsWith(' '))).toEqual(titles);
    expect(shown.filter((line) => /^ {2}gates: \d+ of \d+ passed$/.test(line))).toHaveLength(titles.length);
    expect(shown.filter((line) => /\d\.\d/.test(line)).length).toBeGreaterThanOrEqual(titles.length);
  });

  it.each(shown)('prints "%s" of the committed report', (line) => {
    expect(printed).toContain(line);
  });
});
