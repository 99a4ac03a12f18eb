/** What every page of the dashboard shares, in a real browser on the real local server. */
import type { Browser } from 'playwright-core';
import { accessibilityFaults } from '#test/support/browser/accessibility.ts';
import { launchChromium } from '#test/support/browser/chromium.ts';
import { type DashboardPage, openDashboard, settled } from '#test/support/browser/open-dashboard.ts';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { FAKE_JOBS, removeBundle, ServerProcess } from '#test/support/server-process.ts';

jest.setTimeout(60_000);

let browser: Browser;
let server: ServerProcess;
let shown: DashboardPage;
const token = () => server.file('token').trim();

beforeAll(async () => {
  server = new ServerProcess(FAKE_JOBS);
  [browser] = await Promise.all([launchChromium(), server.start()]);
  shown = await openDashboard(browser, server.url, token());
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await server.end();
  removeBundle();
  removeFixtures();
});

describe('the frame of the dashboard', () => {
  it('takes the token out of the address and keeps it for the next page', async () => {
    await shown.go('/federation');

    expect(shown.page.url()).toBe(`${server.url}/federation`);
    expect(await shown.page.title()).toBe('Federation – Agent Forge');
    expect(shown.complaints).toEqual([]);
  });

  it('asks whoever brings no token for one, and says where it stands', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${server.url}/claims`);
    await page.getByRole('textbox', { name: 'Token' }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
    await page.getByRole('textbox', { name: 'Token' }).fill(token());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Claims', level: 1 }).waitFor();
    await context.close();
  });

  it('sends pages with a policy that allows no script, style or call but its own', async () => {
    const { headers } = await fetch(server.url);

    expect(headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'",
    );
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  it('moves to each page of the bar and back by keyboard alone, with the heading focused', async () => {
    await shown.go('/federation');
    const focused = () => shown.page.evaluate('document.activeElement.textContent');
    for (let presses = 0; presses < 12 && (await focused()) !== 'Claims'; presses += 1)
      await shown.page.keyboard.press('Shift+Tab');
    expect(await focused()).toBe('Claims');
    await shown.page.keyboard.press('Enter');
    await shown.page.waitForURL('**/claims');

    await shown.page.getByRole('heading', { name: 'Claims', level: 1 }).waitFor();
    await shown.page.locator('h1:focus').waitFor();
  });

  it('keeps the theme that was chosen, from the first paint on', async () => {
    await shown.go('/federation');
    await shown.page.getByLabel('Theme').selectOption('dark');
    await shown.page.reload({ waitUntil: 'commit' });
    await shown.page.locator('html[data-theme=dark]').waitFor();
    await settled(shown.page);
    expect(await accessibilityFaults(shown.page)).toEqual([]);
    await shown.page.getByLabel('Theme').selectOption('system');

    expect(await shown.page.evaluate('document.documentElement.dataset.theme')).toBeUndefined();
  });

  it('refuses to show anything but records of its own API as a record', async () => {
    await shown.go('/record?of=https://elsewhere.test/v1/runs&at=/items');

    expect(await shown.page.getByRole('alert').textContent()).toBe('This is no address of a record.');
  });
});
