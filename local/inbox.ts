/** Tells `on-upload` of every object below `uploads/`: what S3's events through EventBridge are on AWS. */
import { UPLOAD_MANIFEST, UPLOAD_PREFIX } from '#core/domain/upload.ts';
import type { BlobReader } from '#core/ports/blob-reader.ts';
import type { EventFunction } from '#functions/shared/event-function.ts';

const LOOK_EVERY_MS = 1000;
/** A folder that is being copied by hand may get its manifest before its weights: what grows is left alone so long. */
const SETTLED_MS = 2000;

export interface InboxOptions {
  readonly blobs: Pick<BlobReader, 'list' | 'head'>;
  readonly onUpload: EventFunction;
  readonly onFault: (what: string, error: unknown) => void;
}

interface Found {
  readonly key: string;
  readonly etag: string;
  readonly age: number;
}

const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1);
const isManifest = ({ key }: Found): boolean => key.endsWith(`/${UPLOAD_MANIFEST}`);

/** What is there and may be told of now: files at once, a manifest after everything beside it has come to rest. */
async function objectsToTell({ blobs }: InboxOptions): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const key of await blobs.list(UPLOAD_PREFIX)) {
    const facts = await blobs.head(key);
    if (facts) found.push({ key, etag: facts.etag, age: Date.now() - Date.parse(facts.modifiedAt) });
  }
  const isSettled = ({ key }: Found) =>
    found.every((other) => !other.key.startsWith(folderOf(key)) || other.age >= SETTLED_MS);
  const files = found.filter((object) => !isManifest(object));
  return [...files, ...found.filter((object) => isManifest(object) && isSettled(object))];
}

/**
 * Looks once a second, so that a folder which was copied into the directory by hand counts as much as one that came over
 * HTTP. What is there when the server starts is told of again: to be told twice does no harm.
 *
 * @returns stops looking, after the look under way
 */
export function watchInbox(options: InboxOptions): () => Promise<void> {
  const told = new Map<string, string>();
  const look = async () => {
    for (const { key, etag } of await objectsToTell(options)) {
      if (told.get(key) === etag) continue;
      told.set(key, etag);
      const event = { source: 'aws.s3', 'detail-type': 'Object Created', detail: { object: { key } } };
      await options.onUpload(event).catch((error: unknown) => options.onFault(`upload ${key}`, error));
    }
  };
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  const again = () => {
    looking = look()
      .catch((error: unknown) => options.onFault('uploads', error))
      .then(() => {
        if (!stopped) timer = setTimeout(again, LOOK_EVERY_MS).unref();
      });
  };
  again();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await looking;
  };
}
