/** What the page of each phase draws, from records that are known: flat and in space, by keyboard, on a narrow screen. */
import type { Browser } from 'playwright-core';
import { PHASE_SLUGS } from '#contracts/source/phase-slugs.ts';
import { accessibilityFaults } from '#test/support/browser/accessibility.ts';
import { launchChromium } from '#test/support/browser/chromium.ts';
import { type DashboardPage, openDashboard } from '#test/support/browser/open-dashboard.ts';
import { writePhaseRecords } from '#test/support/browser/phase-records.ts';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { FAKE_JOBS, removeBundle, ServerProcess } from '#test/support/server-process.ts';

jest.setTimeout(120_000);

let browser: Browser;
let server: ServerProcess;
let shown: DashboardPage;
let narrow: DashboardPage;
let run: string;

beforeAll(async () => {
  server = new ServerProcess(FAKE_JOBS);
  [browser] = await Promise.all([launchChromium(), server.start()]);
  await server.addCorpus();
  run = writePhaseRecords(server, await server.ended((await server.submit()).id, 60));
  const token = server.file('token').trim();
  shown = await openDashboard(browser, server.url, token);
  narrow = await openDashboard(browser, server.url, token, {
    theme: 'dark',
    width: 360,
    reducedMotion: true,
  });
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await server.end();
  removeBundle();
  removeFixtures();
});

const panel = (name: string) => shown.page.getByRole('region', { name, exact: true });

/** Goes to the page of a phase and waits for its first panel and the records below it. */
async function goTo(dashboard: DashboardPage, slug: string, first: string): Promise<void> {
  await dashboard.page.goto(`${server.url}/runs/${run}/phases/${slug}`);
  await dashboard.page.getByRole('heading', { name: first, exact: true }).waitFor();
  if (slug !== 'evomerge') await dashboard.page.getByLabel('Name contains').waitFor();
}

const FIRST_PANELS = {
  cognate: 'TinyTitan variants around their base',
  evomerge: 'Family tree',
  'quiet-star': 'What thoughts gain',
  bitnet: 'Ternary map',
  training: 'Loss and lanes',
  baking: 'Before and after',
  deployment: 'Latency and throughput',
  compression: 'Rate and distortion by tensor',
} as const;

it('draws who descends from whom flat, in space when asked to, and as a table in any case', async () => {
  await goTo(shown, 'evomerge', 'Family tree');
  const tree = panel('Family tree');
  await tree.getByRole('row', { name: 'g1-0' }).waitFor();
  expect(await tree.locator('svg.drawing line').count()).toBe(2);
  expect(await tree.getByRole('row').count()).toBe(4);
  expect(await tree.getByRole('row', { name: 'g1-0' }).getByRole('link').first().textContent()).toBe('1.2');
  await tree.getByRole('button', { name: 'In space' }).press('Enter');
  await tree.locator('.deep canvas, p.faint').first().waitFor();
  expect(await accessibilityFaults(shown.page)).toEqual([]);
  await tree.getByRole('button', { name: 'Flat' }).press('Enter');
  await tree.locator('svg.drawing line').first().waitFor();
  expect(await tree.locator('.deep').count()).toBe(0);
});

it('puts the variants around their base as far as their weights moved', async () => {
  await goTo(shown, 'cognate', FIRST_PANELS.cognate);
  const sphere = panel(FIRST_PANELS.cognate);
  expect(await sphere.locator('svg.drawing line').count()).toBe(2);
  expect(
    await sphere.getByRole('row', { name: 'adaptive' }).getByRole('link').first().textContent(),
  ).toContain('0.1');
  expect(await panel('Pondering').getByRole('row', { name: 'adaptive' }).textContent()).toContain('0.5');
});

it.each([
  ['bitnet', 'Ternary map', '0.31'],
  ['quiet-star', 'What thoughts gain', '-0.01'],
  ['training', 'Dreams, difficulty, self-model', '0.2'],
  ['baking', 'Half-baked', '0.03'],
  ['deployment', 'Latency and throughput', '330'],
  ['deployment', 'Evidence pack', '0.0001'],
  ['compression', 'Rate and distortion by tensor', '4,096'],
  ['compression', 'Bytes by codec', '5,000'],
] as const)('says on the page of %s under %s what the record says: %s', async (slug, name, figure) => {
  await goTo(shown, slug, FIRST_PANELS[slug]);
  await panel(name).getByRole('link').filter({ hasText: figure }).first().waitFor();
});

it('joins the forms that nothing beats', async () => {
  await goTo(shown, 'deployment', FIRST_PANELS.deployment);
  const points = await panel(FIRST_PANELS.deployment).locator('polyline.front').getAttribute('points');
  expect(points?.trim().split(' ')).toHaveLength(1);
});

it('has no fault of accessibility on the page of any phase, and fits on a screen of 360 points', async () => {
  for (const slug of PHASE_SLUGS) {
    await goTo(narrow, slug, FIRST_PANELS[slug]);
    expect({ slug, faults: await accessibilityFaults(narrow.page) }).toEqual({ slug, faults: [] });
    const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect({ slug, beyond: await narrow.page.evaluate(beyond) }).toEqual({ slug, beyond: 0 });
  }
});
