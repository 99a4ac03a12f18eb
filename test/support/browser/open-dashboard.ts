/** A page of the dashboard in a real browser, signed in with the token of a home. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { PROJECT } from '../fixture-tree.ts';

export type Theme = 'light' | 'dark';

export interface DashboardPage {
  readonly page: Page;
  /** What the browser refused or reported: errors of scripts, and of the content security policy. */
  readonly complaints: readonly string[];
  go(path: string): Promise<void>;
  close(): Promise<void>;
}

export interface PageOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly reducedMotion?: boolean;
}

export async function openDashboard(
  browser: Browser,
  url: string,
  token: string,
  { theme = 'light', width = 1280, reducedMotion = false }: PageOptions = {},
): Promise<DashboardPage> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${url}/#token=${token}`);
  return {
    page,
    complaints,
    async go(path) {
      await page.goto(url + path);
      await settled(page);
    },
    close: () => context.close(),
  };
}

/** One answer may ask the next question: looked at again after so long. */
const NEXT_QUESTION_MS = 80;

/** Waits until the page shows a heading and asks for nothing more. */
export async function settled(page: Page): Promise<void> {
  const asking = page.locator('main [role=status]').first();
  await page.locator('main h1').first().waitFor();
  await asking.waitFor({ state: 'hidden' });
  await page.waitForTimeout(NEXT_QUESTION_MS);
  await asking.waitFor({ state: 'hidden' });
}

/** Kept beside the other results of tests, which are not part of the repository. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = join(PROJECT, 'dist', 'screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
