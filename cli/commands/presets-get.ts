/** forge presets get */
import type { Preset } from '../client/records.ts';
import type { Context } from '../context.ts';

function renderPreset({ name, description, config }: Preset): string {
  const lines = Object.entries(config).flatMap(([phase, settings]) => [
    `  ${phase}:${Object.keys(settings).length === 0 ? ' {}' : ''}`,
    ...Object.entries(settings).map(([key, value]) => `    ${key}: ${JSON.stringify(value)}`),
  ]);
  return [`# ${name}: ${description}`, 'config:', ...lines].join('\n');
}

/** Prints the settings the way a run document writes them. */
export async function getPreset({ client, console }: Context, name: string): Promise<number> {
  const preset = await client.getPreset(name);
  console.data(preset, () => renderPreset(preset));
  return 0;
}
