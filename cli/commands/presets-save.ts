/** forge presets save */
import type { ApiClient } from '../client/api-client.ts';
import type { PresetBody } from '../client/records.ts';
import type { Context } from '../context.ts';
import { loadPresetDocument } from '../documents/load-preset-document.ts';
import { withPlaces } from '../documents/load-run-document.ts';
import { CliError } from '../errors.ts';

/** The ETag of the preset that is to be changed; null when there is none of this name yet. */
async function etagOf(client: ApiClient, name: string): Promise<string | null> {
  try {
    return (await client.findPresetVersion(name)).etag;
  } catch (error) {
    if (error instanceof CliError && error.kind === 'not_found') return null;
    throw error;
  }
}

export async function savePreset(
  { io, client, console }: Context,
  file: string,
  options: { readonly name?: string },
): Promise<number> {
  const loaded = await loadPresetDocument(io, file, options.name);
  const { name, description, config } = loaded.document;
  const etag = await etagOf(client, name);
  // The document was checked against the same schema that the API's types were written from.
  const body = {
    config: config as unknown as PresetBody['config'],
    ...(description === undefined ? {} : { description }),
  };
  const saved = await withPlaces(loaded, () => client.savePreset(name, etag, body));
  console.data(saved, () => `${saved.name} is ${etag === null ? 'saved' : 'changed'}`);
  console.note(`Use it with "preset: ${saved.name}" in a run document.`);
  return 0;
}
