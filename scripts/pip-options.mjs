import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const CPU_INDEX = 'https://download.pytorch.org/whl/cpu';
const OWN_SOURCES = ['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_FIND_LINKS', 'PIP_NO_INDEX'];

const hasNvidia = () => existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidia0');

function hasOwnSources(python) {
  if (OWN_SOURCES.some((name) => process.env[name])) return true;
  const { stdout } = spawnSync(python, ['-m', 'pip', 'config', 'list'], { encoding: 'utf8' });
  return /index-url|find-links|no-index/.test(stdout ?? '');
}

async function answers(url) {
  try {
    const reply = await fetch(`${url}/torch/`, { method: 'HEAD', signal: AbortSignal.timeout(4_000) });
    return reply.ok;
  } catch {
    return false;
  }
}

/**
 * Further options for pip. On Linux without a GPU the plain torch wheel brings gigabytes of CUDA that nothing would
 * use; PyTorch's own CPU index has the same release in a tenth of the size. FORGE_TORCH_INDEX names another index,
 * or none when empty.
 * @param python the environment's interpreter
 */
export async function pipOptions(python) {
  const chosen = process.env.FORGE_TORCH_INDEX;
  if (chosen !== undefined) return chosen ? ['--extra-index-url', chosen] : [];
  if (process.platform !== 'linux' || hasNvidia() || hasOwnSources(python)) return [];
  return (await answers(CPU_INDEX)) ? ['--extra-index-url', CPU_INDEX] : [];
}
