/** Uploads a built corpus and registers it under a name. */
import type { ApiClient } from '../client/api-client.ts';
import type { Corpus } from '../client/records.ts';
import type { BuiltCorpus } from './build-corpus.ts';

export const CORPUS_MEDIA_TYPE = 'application/x-ndjson';

/** The same bytes under the same name again change nothing. */
export async function registerBuiltCorpus(
  client: ApiClient,
  built: BuiltCorpus,
  { name, licence }: { readonly name: string; readonly licence: string },
): Promise<Corpus> {
  const { path, sha256, bytes } = built;
  await client.uploadFile({ path, sha256, bytes, mediaType: CORPUS_MEDIA_TYPE });
  return client.registerCorpus({ name, sha256, licence });
}
