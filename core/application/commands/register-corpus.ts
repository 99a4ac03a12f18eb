/** Registers an uploaded NDJSON blob as a corpus, after reading it once from end to end. */
import { contentKey } from '../../domain/blob-key.ts';
import type { Corpus } from '../../domain/corpus.ts';
import { ForgeError } from '../../domain/errors.ts';
import { makeUlid } from '../../domain/ids.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import type { BlobReader } from '../../ports/blob-reader.ts';
import type { Ports } from '../../ports/ports.ts';
import { requireRoomForFiles } from '../queries/require-quota.ts';

export interface CorpusToRegister {
  readonly name: string;
  readonly sha256: string;
  readonly licence: string;
}

type RegisterPorts = Pick<
  Ports,
  'corpora' | 'models' | 'quotas' | 'registry' | 'blobs' | 'blobWriter' | 'clock' | 'entropy'
>;

/** A longer line is no document that a phase could hold in memory several times over. */
const MAX_LINE_CHARACTERS = 8 * 1024 * 1024;

/** The same name with the same bytes again is the same corpus. */
export async function registerCorpus(
  ports: RegisterPorts,
  principal: Principal,
  { name, sha256, licence }: CorpusToRegister,
): Promise<Corpus> {
  requireRole(principal, 'runner');
  const newest = await ports.corpora.byName(principal.tenant, name);
  if (newest?.sha256 === sha256) return newest;
  // Until the record names it, only its age keeps the blob from being collected as garbage.
  await ports.blobWriter.touch(contentKey(principal.tenant, sha256));
  const { documents, bytes } = await countDocuments(
    ports.blobs,
    contentKey(principal.tenant, sha256),
    sha256,
  );
  await requireRoomForFiles(ports, principal.tenant, [{ sha256, bytes }]);
  const now = ports.clock.now();
  const corpus: Corpus = {
    schemaVersion: 1,
    tenant: principal.tenant,
    id: makeUlid(now, ports.entropy.bytes(10)),
    name,
    sha256,
    bytes,
    documents,
    licence,
    createdAt: now.toISOString(),
    recordVersion: 1,
  };
  await ports.registry.commit(principal.tenant, [{ kind: 'corpus', corpus, expected: null }]);
  return corpus;
}

async function countDocuments(
  blobs: BlobReader,
  key: string,
  sha256: string,
): Promise<{ documents: number; bytes: number }> {
  const found = await blobs.hash(key);
  if (found === null) {
    throw new ForgeError('not_found', `There is no uploaded blob ${sha256}.`, {
      hint: 'Upload it first: POST /v1/uploads gives an address to PUT the bytes to.',
    });
  }
  if (found !== sha256)
    throw invalid('checksum_mismatch', `the bytes have hash ${found}, expected ${sha256}`);
  const chunks = await blobs.stream(key);
  // A byte order mark stays in the text and is refused with its line: the container's JSON reader takes none either.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  let documents = 0;
  let bytes = 0;
  for await (const chunk of chunks ?? []) {
    bytes += chunk.length;
    const lines = (rest + decode(decoder, chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) checkLine(line, ++documents);
    refuseLong(rest, documents + 1);
  }
  rest += decode(decoder);
  if (rest.length > 0) checkLine(rest, ++documents);
  if (documents === 0) throw invalid('empty_corpus', 'there is no document in it');
  return { documents, bytes };
}

/** Without a chunk: the end, where a character that was cut off shows. */
function decode(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw invalid('not_utf8', 'the bytes are not UTF-8');
  }
}

function refuseLong(line: string, number: number): void {
  if (line.length <= MAX_LINE_CHARACTERS) return;
  throw invalid('line_too_long', `line ${number} is longer than ${MAX_LINE_CHARACTERS} characters`);
}

function checkLine(line: string, number: number): void {
  refuseLong(line, number);
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch {
    throw invalid('malformed_line', `line ${number} is not JSON`);
  }
  const { id, text } = (document ?? {}) as { id?: unknown; text?: unknown };
  if (/\p{Surrogate}/u.test(`${id}${text}`)) {
    throw invalid('not_utf8', `line ${number} holds half of a surrogate pair, which is no character`);
  }
  if (typeof id === 'string' && typeof text === 'string' && id.length > 0) return;
  throw invalid('malformed_line', `line ${number} is no document {"id": "...", "text": "..."}`);
}

function invalid(code: string, what: string): ForgeError {
  return new ForgeError('validation', `Not a corpus: ${what}.`, {
    code,
    problems: [{ pointer: '/sha256', code, message: what }],
    hint: 'A corpus is NDJSON in UTF-8, one {"id","text"} per line; `forge corpora add DIR` makes one from a folder.',
  });
}
