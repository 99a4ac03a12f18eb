/** Every record of a kind, page by page. */
import type { Model } from '../../domain/model.ts';
import { isTerminal, RUN_STATUSES, type Run } from '../../domain/run.ts';
import type { ModelFilter } from '../../ports/model-reader.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import type { Page, PageRequest } from '../../ports/run-reader.ts';

const PAGE = 200;

export async function* everyItem<Item>(
  read: (page: PageRequest) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  let after: string | null = null;
  do {
    const page: Page<Item> = await read({ limit: PAGE, after });
    yield* page.items;
    after = page.next;
  } while (after !== null);
}

export async function everyModel(
  { models }: Pick<ReadPorts, 'models'>,
  tenant: string,
  filter: ModelFilter,
): Promise<readonly Model[]> {
  const found: Model[] = [];
  for await (const model of everyItem((page) => models.list(tenant, filter, page))) found.push(model);
  return found;
}

/** Runs that have not ended, whole. */
export async function runsInFlight(
  { runs }: Pick<ReadPorts, 'runs'>,
  tenant: string,
): Promise<readonly Run[]> {
  const found: Run[] = [];
  for (const status of RUN_STATUSES.filter((each) => !isTerminal(each))) {
    for await (const { id } of everyItem((page) => runs.list(tenant, { status }, page))) {
      const run = await runs.get(tenant, id);
      if (run) found.push(run);
    }
  }
  return found;
}
