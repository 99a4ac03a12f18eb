import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { Figure, Term } from '../../components/figure.tsx';
import { Empty, Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { Status } from '../../components/status.tsx';
import { VirtualList } from '../../components/virtual-list.tsx';
import { read } from '../../lib/api.ts';
import type { Model } from '../../lib/api-types.ts';

const PAGE = 50;
const ROW_HEIGHT = 64;

function Row({ model }: { readonly model: Model }) {
  const source = (at: string) => ({ of: `/v1/models/${model.id}`, at });
  return (
    <div className="run-row">
      <Link href={`/models/${model.id}`} data-term="">{`${model.name}@${model.version}`}</Link>
      <Status word={model.status} />
      <Term>{model.role}</Term>
      <span>
        parameters{' '}
        <Figure value={model.architecture.parameters} source={source('/architecture/parameters')} />
      </span>
      <span>
        weights{' '}
        <Figure value={model.architecture.bytes} unit="bytes" source={source('/architecture/bytes')} />
      </span>
    </div>
  );
}

export default function ModelsPage() {
  const query = useInfiniteQuery({
    queryKey: ['models'],
    queryFn: ({ pageParam }) =>
      read('/v1/models', {}, { limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const more = () => {
    if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
  };
  return (
    <Page title="Models">
      <Panel title="Newest first">
        <Loaded query={query} what="models">
          {({ pages }) => {
            const models = pages.flatMap(({ items }) => items);
            if (models.length === 0)
              return (
                <Empty
                  why="There is no model yet: runs make them, and uploads."
                  command="npx forge models import DIR --name NAME"
                />
              );
            return (
              <VirtualList
                label="Models"
                items={models}
                rowHeight={ROW_HEIGHT}
                keyOf={({ id }) => id}
                onNearEnd={more}
              >
                {(model) => <Row model={model} />}
              </VirtualList>
            );
          }}
        </Loaded>
      </Panel>
    </Page>
  );
}
