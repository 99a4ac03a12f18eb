/** A preset by its name, built in or the tenant's own. */
import { ForgeError } from '../../domain/errors.ts';
import type { Preset } from '../../domain/preset.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

export async function findPreset(
  { presets }: Pick<ReadPorts, 'presets'>,
  { tenant }: Principal,
  name: string,
): Promise<Preset> {
  const found = await presets.get(tenant, name);
  if (found) return found;
  throw new ForgeError('not_found', `There is no preset "${name}".`, {
    hint: 'List them with `forge presets list`.',
  });
}
