/** The browser that the tests drive: Debian's Chromium, installed by the first test that finds none. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const PACKAGES = ['chromium', 'fonts-dejavu-core'];
const FLAGS = ['--no-sandbox', '--disable-background-networking', '--disable-dev-shm-usage'];

const found = (): string | undefined =>
  [process.env.FORGE_CHROMIUM ?? '', ...PLACES].find((path) => path !== '' && existsSync(path));

function install(): void {
  const apt = (...argv: string[]) =>
    execFileSync('apt-get', ['-qq', ...argv], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  apt('update');
  apt('install', '--yes', '--no-install-recommends', ...PACKAGES);
}

/** @throws Error where there is no browser and none can be installed */
function browserProgram(): string {
  const here = found();
  if (here) return here;
  try {
    install();
  } catch (error) {
    throw new Error('There is no Chromium, and apt-get could not install it: set FORGE_CHROMIUM to one.', {
      cause: error,
    });
  }
  const installed = found();
  if (!installed) throw new Error(`apt-get installed Chromium, but it is at none of ${PLACES.join(', ')}.`);
  return installed;
}

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: browserProgram(), args: FLAGS, headless: true });
