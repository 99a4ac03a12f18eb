/** What axe-core has against a page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { PROJECT } from '../fixture-tree.ts';

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const axeSource = (): string =>
  readFileSync(createRequire(join(PROJECT, 'package.json')).resolve('axe-core/axe.min.js'), 'utf8');

/** One line per rule that is broken, with what breaks it. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  // Through the debugger and not as a script of the page, which its content security policy would refuse.
  await page.evaluate(axeSource());
  const program = "axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations)";
  const violations = (await page.evaluate(program)) as readonly Violation[];
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.map(({ html, failureSummary = '' }) => `${html} ${failureSummary}`).join('; ')}`,
  );
}
