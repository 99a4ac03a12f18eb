/** Which links of a folder that a person names are followed. */
import { realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';

/** Why a link is not followed; null when it leads to a file inside the folder. */
export async function linkFault(root: string, path: string): Promise<string | null> {
  try {
    const target = await realpath(path);
    if (target !== root && !target.startsWith(root + sep)) return 'a link that leads out of the folder';
    return (await stat(target)).isFile() ? null : 'a link to a folder';
  } catch {
    return 'a link that leads nowhere';
  }
}
