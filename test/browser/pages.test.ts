/** Every page of a real, finished run in a real browser: no number without its record, no fault of accessibility. */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openDatabase } from '#adapters/local/sqlite-database.ts';
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { Model } from '#core/domain/model.ts';
import { PHASES } from '#core/domain/phase.ts';
import type { Run } from '#core/domain/run.ts';
import { accessibilityFaults } from '#test/support/browser/accessibility.ts';
import { launchChromium } from '#test/support/browser/chromium.ts';
import { figureFaults, walkPage } from '#test/support/browser/linked-figures.ts';
import { type DashboardPage, keepScreenshot, openDashboard } from '#test/support/browser/open-dashboard.ts';
import { speeches } from '#test/support/corpora.ts';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { removeBundle, ServerProcess } from '#test/support/server-process.ts';

jest.setTimeout(240_000);

/** As far as phases follow one another without one that is not there yet. */
const GAP = PHASES.findIndex((phase) => !phase.available);
const SLUGS = PHASES.slice(0, GAP < 0 ? PHASES.length : GAP).map((phase) => phase.slug);

let browser: Browser;
let server: ServerProcess;
let run: Run;
let light: DashboardPage;
let narrow: DashboardPage;

const open = (options: Parameters<typeof openDashboard>[3]) =>
  openDashboard(browser, server.url, server.file('token').trim(), options);

beforeAll(async () => {
  server = new ServerProcess();
  [browser] = await Promise.all([launchChromium(), server.start()]);
  await server.addCorpus(speeches(12));
  light = await open({});
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await server.end();
  removeBundle();
  removeFixtures();
});

describe('a run that is submitted in the form', () => {
  it('is planned, submitted and followed live to its end', async () => {
    const { page } = light;
    await light.go('/');
    await page.getByRole('button', { name: 'New run' }).click();
    await page.getByLabel('name', { exact: true }).fill('Not A Name');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('alert').getByText('/name', { exact: true }).waitFor();
    await page.getByLabel('name', { exact: true }).fill('chain');
    await page.getByLabel('Preset').selectOption('test');
    await page.getByLabel('Corpus').selectOption('speeches');
    for (const slug of SLUGS) await page.getByLabel(slug, { exact: true }).check();
    await page.getByText('Settings of cognate').click();
    await page.locator('[id="cognate.steps"]').fill('12');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('heading', { name: 'The plan' }).waitFor();
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.waitForURL('**/runs/*');
    await page.getByText('Live: this page changes with the run.').waitFor();
    const id = page.url().split('/').at(-1) ?? '';
    run = await server.ended(id, 200);

    await page.locator('.lead .state', { hasText: run.status }).waitFor();
    expect(run).toMatchObject({ status: 'succeeded', document: { config: { cognate: { steps: 12 } } } });
    expect(light.complaints.filter((each) => !each.includes('status of 4'))).toEqual([]);
  });
});

const paths = async (): Promise<readonly string[]> => {
  const models = await server.api<{ items: readonly Model[] }>('GET', '/v1/models?limit=1');
  const base = `/runs/${run.id}`;
  return [
    '/',
    base,
    ...['charts', 'logs', 'artifacts', 'contracts', 'events', 'again'].map((part) => `${base}/${part}`),
    ...SLUGS.map((slug) => `${base}/phases/${slug}`),
    '/models',
    `/models/${models.body.items[0]?.id}`,
    `/compare?runs=${run.id}`,
    '/claims',
    '/costs',
    '/federation',
  ];
};

const nameOf = (path: string): string => path.replaceAll(/[^a-z]+/g, '-').slice(-40);

describe('the pages of a finished run', () => {
  it('show no number that is not a link to a record which says the same, and have no fault of accessibility', async () => {
    const read = (path: string) => server.api<unknown>('GET', path);
    let figures = 0;
    for (const path of await paths()) {
      await light.go(path);
      const closed = light.page.getByRole('button', { name: 'Show as a table' });
      while ((await closed.count()) > 0) await closed.first().click();
      const walked = await walkPage(light.page);
      expect({ path, loose: walked.loose }).toEqual({ path, loose: [] });
      expect({ path, faults: await figureFaults(walked.figures, read) }).toEqual({ path, faults: [] });
      figures += walked.figures.length;
      expect({ path, faults: await accessibilityFaults(light.page) }).toEqual({ path, faults: [] });
      await keepScreenshot(light.page, `light-${nameOf(path)}`);
    }
    expect(figures).toBeGreaterThan(500);
  });

  it('have none in the dark theme either, and fit on a screen of 360 points', async () => {
    narrow = await open({ theme: 'dark', width: 360, reducedMotion: true });
    for (const path of await paths()) {
      await narrow.go(path);
      expect({ path, faults: await accessibilityFaults(narrow.page) }).toEqual({ path, faults: [] });
      const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect({ path, beyond: await narrow.page.evaluate(beyond) }).toEqual({ path, beyond: 0 });
      await keepScreenshot(narrow.page, `dark-${nameOf(path)}`);
    }
  });

  it('complain of nothing to the browser', () => {
    expect(
      [...light.complaints, ...narrow.complaints].filter((each) => !each.includes('status of 4')),
    ).toEqual([]);
  });

  it('show another number when its record is another', async () => {
    const { body } = await server.api<{ items: readonly MetricRecord[] }>(
      'GET',
      `/v1/runs/${run.id}/metrics?phase=cognate`,
    );
    const record = body.items[0] as MetricRecord;
    const database = openDatabase(join(server.home, '.forge', 'cloud.db'));
    database
      .prepare('UPDATE metrics SET document = json_set(document, ?, ?) WHERE id = ?')
      .run('$.value', 0.4321, record.id);
    database.close();
    await light.go(`/runs/${run.id}/phases/cognate`);

    const row = light.page
      .getByRole('row')
      .filter({ has: light.page.getByText(record.name, { exact: true }) });
    expect(await row.first().getByRole('link').textContent()).toContain('0.4321');
    await row.first().getByRole('link').click();
    await light.page.getByRole('heading', { name: 'Record', level: 1 }).waitFor();
    await light.page.locator('dd strong').getByText('0.4321').waitFor();
  });
});
