/** forge presets delete */
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';

export async function deletePreset(
  context: Context,
  name: string,
  options: { readonly yes: boolean },
): Promise<number> {
  const { client, console } = context;
  const { value: preset, etag } = await client.findPresetVersion(name);
  await confirm(context, `Delete the preset ${preset.name}?`, options);
  await client.deletePreset(preset.name, etag);
  console.data({ deleted: preset.name }, () => `${preset.name} is deleted`);
  return 0;
}
