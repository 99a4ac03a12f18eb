/** Saves and deletes a tenant's own presets; the built-in ones stay as the release made them. */

import { PHASE_SLUGS } from '#contracts/source/phase-slugs.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { Preset } from '../../domain/preset.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import { resolveSettings } from '../../domain/resolve.ts';
import type { Ports } from '../../ports/ports.ts';

type PresetPorts = Pick<Ports, 'presets' | 'registry' | 'clock'>;

export interface PresetToSave {
  readonly name: string;
  readonly description: string;
  readonly config: Preset['config'];
  /** Record version that the caller saw; null to create. */
  readonly expected: number | null;
}

export async function savePreset(
  ports: PresetPorts,
  principal: Principal,
  wanted: PresetToSave,
): Promise<Preset> {
  requireRole(principal, 'maintainer');
  refuseBuiltIn(await ports.presets.get(principal.tenant, wanted.name));
  const { name, description, config, expected } = wanted;
  const preset: Preset = {
    schemaVersion: 1,
    tenant: principal.tenant,
    name,
    description,
    config,
    builtIn: false,
    updatedAt: ports.clock.now().toISOString(),
    recordVersion: (expected ?? 0) + 1,
  };
  checkSettings(preset);
  await ports.registry.commit(principal.tenant, [{ kind: 'preset', preset, expected }]);
  return preset;
}

export async function deletePreset(
  ports: PresetPorts,
  principal: Principal,
  name: string,
  expected: number,
): Promise<void> {
  requireRole(principal, 'maintainer');
  refuseBuiltIn(await ports.presets.get(principal.tenant, name));
  await ports.registry.commit(principal.tenant, [{ kind: 'delete-preset', name, expected }]);
}

function refuseBuiltIn(preset: Preset | null): void {
  if (!preset?.builtIn) return;
  throw new ForgeError('conflict', `Preset "${preset.name}" is built in and cannot be changed.`, {
    code: 'built_in',
    hint: 'Save your settings under another name.',
  });
}

/** Settings that no run could use are refused when they are saved, not when somebody needs them. */
function checkSettings(preset: Preset): void {
  for (const slug of PHASE_SLUGS) {
    if (preset.config[slug]) resolveSettings(slug, [preset.config[slug]]);
  }
}
