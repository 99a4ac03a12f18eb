/** What somebody waits for in the browser: the first rows of a long list, a long line of a chart. Best of several. */
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { openDatabase } from '#adapters/local/sqlite-database.ts';
import { launchChromium } from '#test/support/browser/chromium.ts';
import { type DashboardPage, openDashboard } from '#test/support/browser/open-dashboard.ts';
import { PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';
import { FAKE_JOBS, removeBundle, ServerProcess } from '#test/support/server-process.ts';

jest.setTimeout(120_000);

const RUNS = 10_000;
const POINTS = 100_000;
const TRIES = 5;

let browser: Browser;
let server: ServerProcess;
let shown: DashboardPage;

beforeAll(async () => {
  server = new ServerProcess(FAKE_JOBS);
  [browser] = await Promise.all([launchChromium(), server.start()]);
  shown = await openDashboard(browser, server.url, server.file('token').trim());
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await server.end();
  removeBundle();
  removeFixtures();
});

/** As much of a run as a list shows of it. */
function fillWithRuns(): void {
  const database = openDatabase(join(server.home, '.forge', 'cloud.db'));
  const insert = database.prepare(
    'INSERT INTO runs (tenant, id, status, version, document) VALUES (?, ?, ?, 1, ?)',
  );
  const at = '2026-01-01T00:00:00.000Z';
  const phases = [{ slug: 'cognate', status: 'succeeded' }];
  database.exec('BEGIN');
  for (let number = 0; number < RUNS; number += 1) {
    const id = `01${String(number).padStart(24, '0')}`;
    const times = { createdAt: at, startedAt: at, endedAt: at };
    const document = { id, name: `run-${number}`, status: 'succeeded', version: 1, phases, ...times };
    insert.run('default', id, 'succeeded', JSON.stringify(document));
  }
  database.exec('COMMIT');
  database.close();
}

describe('the list of ten thousand runs', () => {
  it('shows its first rows within half a second and never draws more rows than are near', async () => {
    fillWithRuns();
    const { page } = shown;
    const times: number[] = [];
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      await page.goto(`${server.url}/`);
      await page.locator('.run-row').first().waitFor();
      times.push((await page.evaluate('performance.now()')) as number);
    }
    expect(await page.locator('.run-row').count()).toBeLessThanOrEqual(40);
    expect(Math.min(...times)).toBeLessThanOrEqual(500);
  });

  it('goes on with the next rows where it is scrolled to its end', async () => {
    const { page } = shown;
    const list = page.getByRole('region', { name: 'Runs: list' });
    await page.getByText(`run-${RUNS - 1}`, { exact: true }).waitFor();
    for (const number of [RUNS - 60, RUNS - 120]) {
      await list.hover();
      const row = page.getByText(`run-${number}`, { exact: true });
      for (let turn = 0; turn < 40 && (await row.count()) === 0; turn += 1) await page.mouse.wheel(0, 600);
      await row.waitFor();
    }
  });
});

describe('a line of a hundred thousand points', () => {
  it('is drawn within 150 milliseconds', async () => {
    const { outputFiles } = await build({
      entryPoints: [join(PROJECT, 'dashboard/src/components/draw-chart.ts')],
      bundle: true,
      write: false,
      outdir: 'out',
      format: 'iife',
      globalName: 'drawing',
      loader: { '.css': 'empty' },
    });
    const program = `(async () => {
      ${outputFiles[0]?.text}
      const points = Array.from({ length: ${POINTS} }, (_, x) => ({ x, y: Math.sin(x / 500) + Math.random() }));
      const place = document.createElement('div');
      document.querySelector('main').append(place);
      const times = [];
      for (let attempt = 0; attempt < ${TRIES}; attempt += 1) {
        const begin = performance.now();
        const chart = drawing.drawChart(place, [{ label: 'loss', points }], { xLabel: 'step' });
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        times.push(performance.now() - begin);
        if (chart.data[0].length > 2000) throw new Error('not thinned out');
        chart.destroy();
      }
      return times;
    })()`;
    const times = (await shown.page.evaluate(program)) as number[];
    expect(Math.min(...times)).toBeLessThanOrEqual(150);
  });
});
