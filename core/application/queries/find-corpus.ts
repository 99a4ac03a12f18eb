/** A corpus by id, by name (the newest of it), or by either with `@hash`; an older one of a name by its whole hash. */
import type { Corpus } from '../../domain/corpus.ts';
import { ForgeError } from '../../domain/errors.ts';
import { isUlid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

export async function findCorpus(
  ports: Pick<ReadPorts, 'corpora'>,
  principal: Principal,
  reference: string,
): Promise<Corpus> {
  const [name = '', hash = ''] = reference.split('@');
  const corpus = isUlid(name)
    ? await ports.corpora.get(principal.tenant, name)
    : await ports.corpora.byName(principal.tenant, name);
  if (corpus?.sha256.startsWith(hash)) return corpus;
  const earlier = hash.length === 64 ? await ports.corpora.byHash(principal.tenant, hash) : null;
  if (earlier && (earlier.name === name || earlier.id === name)) return earlier;
  const found = corpus ? ` Its newest version has hash ${corpus.sha256.slice(0, 12)}….` : '';
  throw new ForgeError('not_found', `There is no corpus "${reference}".${found}`, {
    hint: 'List them with `forge corpora list`, add one with `forge corpora add DIR`.',
  });
}
